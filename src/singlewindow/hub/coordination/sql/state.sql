-- What coordination reads before it decides.

-- name: lock
select pg_advisory_xact_lock(7700022)

-- name: offices
select p.id, p.code, p.partner,
       case when p.merged_from <= (now() at time zone 'Asia/Shanghai')::date then into_.partner end
  from party p left join party into_ on into_.id = p.merged_into
 where p.kind in ('agency', 'operator', 'platform')

-- name: firms
select code, id from party where code = any (%s)

-- name: dossiers_of
select submission_id, dossier from dossier_document where submission_id = any (%s)

-- name: sharing
-- Every dossier that a shared thing carries goods of.
select distinct o.dossier
  from unnest(%s::text[], %s::text[]) as asked (kind, key)
  join dossier_object o on o.key = asked.key and o.kind = asked.kind

-- name: dossiers
select id, goods, name, call, terminal, forwarder, viewers from dossier where id = any (%s)

-- name: containers
select dossier, key, number, seal, lot
  from dossier_object
 where dossier = any (%s) and kind = 'container'
 order by number

-- name: documents
select j.dossier, d.partner, d.id, d.state, d.created_at
  from dossier_document j
  join document d on d.submission_id = j.submission_id and d.partner is not null
 where j.dossier = any (%s)

-- name: instructions
-- Those of the dossiers, and those on shared things whichever dossier's document they answer.
select i.dossier, i.agency, i.channel, i.id, i.version, i.origin, i."order", i.subject_kind, i.subject_key, i.method,
       i.items, i.at, i.withdrawn,
       exists (select from execution e where (e.agency, e.channel, e.id, e.version)
                                           = (i.agency, i.channel, i.id, i.version))
  from instruction i
 where i.dossier = any (%s)
union all
select i.dossier, i.agency, i.channel, i.id, i.version, i.origin, i."order", i.subject_kind, i.subject_key, i.method,
       i.items, i.at, i.withdrawn,
       exists (select from execution e where (e.agency, e.channel, e.id, e.version)
                                           = (i.agency, i.channel, i.id, i.version))
  from instruction i
 where i.subject_kind in ('conveyance', 'container') and i.subject_key = any (%s) and i.dossier <> all (%s)

-- name: dispositions
select dossier, subject_kind, subject_key, version, kind, agencies, missing
  from disposition
 where dossier = any (%s)
