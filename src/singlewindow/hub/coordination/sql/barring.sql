-- What is told where a gate pass falls or is given again. Rare beside releases.

-- name: withdrawn
-- The newest that each of these agencies took back of the goods.
select distinct on (agency) agency, id, version
  from instruction
 where dossier = %s and agency = any (%s) and withdrawn
 order by agency, received_at desc, version desc

-- name: holding
-- Consignments of these containers as their own people know them: those who read their release, else themselves.
select d.id, held.number, d.name, held.why,
       coalesce(r.viewers, d.viewers) || array(select id from platform_operator)
  from unnest(%s::text[], %s::text[], %s::uuid[]) as held (number, why, dossier)
  join dossier d on d.id = held.dossier
  left join lateral (
    select viewers from release where dossier = d.id and revoked_at is null order by version desc limit 1) r on true
 order by d.id, held.number
