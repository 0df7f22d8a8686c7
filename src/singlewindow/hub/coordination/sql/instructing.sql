-- What officers order on screens.

-- name: given
-- The newest version of an instruction that was given on a screen.
select dossier, origin, version, "order", subject_kind, subject_key, method, items, basis
  from instruction
 where agency = %s and channel = 'screen' and id = %s
 order by version desc
 limit 1

-- name: versions
-- Of an agency's own documents about some goods: more as soon as there is a newer one, or a newer version of one.
select coalesce(sum(d.version), 0)
  from dossier_document j join document d on d.submission_id = j.submission_id
 where j.dossier = %s and d.partner = %s

-- name: given_by
-- An instruction of a screen bears the number of the request for it.
select actor_name from coordination_request where id = %s::uuid
