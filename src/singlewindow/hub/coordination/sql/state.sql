-- What coordination reads before it decides.
-- An "order" is kernel Order: 2 is INSPECT, the only one that can have been carried out; above 1 all bar.
-- Of what an inspection was carried out is asked row by row: a join may be planned as reading every one there was.

-- name: lock
select pg_advisory_xact_lock(7700022)

-- name: offices
select p.id, p.code, p.partner,
       case when p.merged_from <= %s then into_.partner end
  from party p left join party into_ on into_.id = p.merged_into
 where p.kind in ('agency', 'operator', 'platform')

-- name: firms
select code, id from party where code = any (%s)

-- name: dossiers_of
select submission_id, dossier from dossier_document where submission_id = any (%s)

-- name: sharing
-- Every dossier that a shared thing carries goods of, as far as its claim counts.
select distinct o.dossier
  from unnest(%s::text[], %s::text[]) as asked (kind, key)
  join dossier_object o on o.key = asked.key and o.kind = asked.kind and o.standing = 'counts'

-- name: dossiers
select id, goods, name, call, terminal, forwarder, viewers, dangerous from dossier where id = any (%s)

-- name: containers
-- Those that are in it no more are still known: what was ordered on one is lifted by its name.
select dossier, key, number, seal, lot, dangerous, standing = 'ended'
  from dossier_object
 where dossier = any (%s) and kind = 'container'
 order by number

-- name: documents
select j.dossier, d.partner, d.id::text, d.created_at, j.load,
       sent_back_at(d.state, d.phase, d.state_at, d.changed_at)
  from dossier_document j
  join document d on d.submission_id = j.submission_id and d.partner is not null
 where j.dossier = any (%s)

-- name: instructions
select i.dossier, i.agency, i.channel, i.id, i.version, coalesce(i.origin::text, ''), i."order", i.subject_kind,
       i.subject_key, i.method, i.items, i.at, i.withdrawn,
       case when i."order" = 2
            then array(select e.subject_key from execution e where (e.agency, e.channel, e.id, e.version)
                                                                 = (i.agency, i.channel, i.id, i.version)) end
  from instruction i
 where i.dossier = any (%s)

-- name: on_containers
-- What the other consignments of these containers brought: one more than are compared says that there are more.
select i.dossier, i.agency, i.channel, i.id, i.version, coalesce(i.origin::text, ''), i."order", i.subject_kind,
       i.subject_key, i.method, i.items, i.at, i.withdrawn,
       case when i."order" = 2
            then array(select e.subject_key from execution e where (e.agency, e.channel, e.id, e.version)
                                                                 = (i.agency, i.channel, i.id, i.version)) end
  from unnest(%s::text[]) as box (key)
 cross join lateral (
   select * from instruction n
    where n.subject_kind = 'container' and n.subject_key = box.key and n.dossier <> all (%s)
    limit %s) i

-- name: on_calls
-- A call's release frees no cargo, so of thousands of rows only the lines that ever barred it matter.
select i.dossier, i.agency, i.channel, i.id, i.version, coalesce(i.origin::text, ''), i."order", i.subject_kind,
       i.subject_key, i.method, i.items, i.at, i.withdrawn,
       case when i."order" = 2
            then array(select e.subject_key from execution e where (e.agency, e.channel, e.id, e.version)
                                                                 = (i.agency, i.channel, i.id, i.version)) end
  from instruction bar
  join instruction i
    on i.dossier = bar.dossier and i.subject_kind = bar.subject_kind and i.subject_key = bar.subject_key
   and i.agency = bar.agency and i.channel = bar.channel and i.origin is not distinct from bar.origin
 where bar.subject_kind = 'conveyance' and bar."order" > 1 and bar.subject_key = any (%s)

-- name: newest_on_calls
-- For the call itself: what each agency said last of it.
select i.dossier, i.agency, i.channel, i.id, i.version, coalesce(i.origin::text, ''), i."order", i.subject_kind,
       i.subject_key, i.method, i.items, i.at, i.withdrawn,
       case when i."order" = 2
            then array(select e.subject_key from execution e where (e.agency, e.channel, e.id, e.version)
                                                                 = (i.agency, i.channel, i.id, i.version)) end
  from unnest(%s::text[]) as call (key)
 cross join unnest(%s::text[]) as asked (agency)
 cross join lateral (
   select * from instruction n
    where n.subject_kind = 'conveyance' and n.subject_key = call.key and n.agency = asked.agency
    order by n.version desc
    limit 1) i

-- name: calls_barred
select distinct subject_key from instruction
 where subject_kind = 'conveyance' and "order" > 1 and subject_key = any (%s)

-- name: barred
-- The things among these that the same line of the same agency bars, or barred before.
select distinct i.subject_kind, i.subject_key
  from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) as said (dossier, agency, kind, key)
  join instruction i
    on i.dossier = said.dossier and i.agency = said.agency and i.subject_kind = said.kind
   and i.subject_key = said.key and (i."order" > 1 or i.withdrawn)

-- name: dispositions_of_calls
select dossier, subject_kind, subject_key, version, kind, agencies, missing,
       case when kind not in ('pending', 'released') then used end
  from disposition
 where dossier = '00000000-0000-0000-0000-000000000000' and subject_kind = 'conveyance' and subject_key = any (%s)

-- name: dispositions
select dossier, subject_kind, subject_key, version, kind, agencies, missing,
       case when kind not in ('pending', 'released') then used end
  from disposition
 where dossier = any (%s)
