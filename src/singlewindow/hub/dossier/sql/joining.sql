-- What ``join`` says to the data base: set by set, each statement safe to repeat.

-- name: lock
select pg_advisory_xact_lock(7700021)

-- name: unjoined
-- One look-up an id, and only by it: each fence keeps the planner from walking over every source document there is.
select d.submission_id, d.id, d.kind, d.created_at, d.party, d.viewers, v.content,
       (select true from dossier o where o.id = asked.id limit 1) is null
  from unnest(%s::uuid[]) as asked (id)
 cross join lateral (
   select * from (select submission_id, id, kind, partner, created_at, party, viewers, version
                    from document where submission_id = asked.id offset 0) one
    where partner is null
      and not exists (select from dossier_document j
                       where j.submission_id = one.submission_id and j.document_id = one.id)
   offset 0) d
 cross join lateral (
   select coalesce(content, original) as content
     from document_version v
    where v.submission_id = d.submission_id and v.document_id = d.id and v.version = d.version
   offset 0) v
 order by d.created_at, d.submission_id

-- name: known
select k.kind, k.value, k.carrier, d.id, d.viewers, j.kind, j.party, j.viewers
  from (select distinct kind, value from unnest(%s::text[], %s::text[]) as asked (kind, value)) asked
  join identity_key k using (kind, value)
  join dossier d on d.id = k.dossier
 cross join lateral (select distinct kind, party, viewers from dossier_document where dossier = d.id) j
 order by d.opened_at, d.id

-- name: readers
-- A later document adds readers.
update dossier d set viewers = t.viewers
  from json_to_recordset(%s::json) as t (id uuid, viewers int[])
 where d.id = t.id

-- name: grow
-- What the documents that count say together takes the place of what was known.
update dossier d
   set call = case when t.call = '' then d.call else t.call end,
       terminal = case when t.terminal = '' then d.terminal else t.terminal end,
       forwarder = case when t.forwarder = '' then d.forwarder else t.forwarder end,
       dangerous = d.dangerous or t.dangerous
  from json_to_recordset(%s::json) as t (dossier uuid, call text, terminal text, forwarder text, dangerous boolean)
 where d.id = t.dossier

-- name: keys
insert into identity_key (kind, value, carrier, dossier, viewers)
select kind, value, carrier, dossier, viewers
  from json_to_recordset(%s::json) as t (kind text, value text, carrier text, dossier uuid, viewers int[])
on conflict do nothing

-- name: objects
-- What stands in dossiers that had documents before: named anew, or again after it was dropped (fresh), declared as
-- another load (changed), named by no document that counts (dropped). What has left keeps its period, and a claim that a
-- person ended stays ended. A seal that nobody declared is an officer's: it stays, under a corrected call, too.
with said as materialized (
  select t.*, k.standing, k.dropped, k.lot as was_lot, k.standing is null as anew,
         case when x.seal <> '' and x.seal <> all (t.seals) then x.seal else t.seal end as sealed
    from json_to_recordset(%(things)s::json) as t (
      dossier uuid, kind text, key text, number text, seal text, lot boolean, lines text, dangerous boolean,
      since timestamptz, viewers int[], due date, seals text[])
    left join lateral (
      select standing, dropped, lot from dossier_object o
       where o.dossier = t.dossier and o.kind = t.kind and o.key || '' = t.key offset 0) k on true
    left join lateral (
      select seal from dossier_object o
       where o.dossier = t.dossier and o.kind = t.kind and o.kind = 'container' and o.number || '' = t.number
       order by o.key = t.key desc, o.since desc limit 1) x on true
), gone as (
  update dossier_object o set standing = 'ended', dropped = true, until = greatest(o.since, %(at)s)
   where o.dossier = any (%(dossiers)s) and o.standing <> 'ended' and o.until is null
     and not exists (select from said s where (s.dossier, s.kind, s.key) = (o.dossier, o.kind, o.key))
  returning o.key, o.dossier, o.lot, o.kind
), put as (
  insert into dossier_object as o (dossier, kind, key, number, seal, lot, lines, dangerous, since, viewers,
                              due)
  select dossier, kind, key, number, sealed, lot, lines, dangerous, since, viewers, due from said
  on conflict (dossier, kind, key) do update
     set viewers = (select array_agg(distinct v) from unnest(o.viewers || excluded.viewers) as v),
         seal = excluded.seal, lot = excluded.lot, lines = excluded.lines, due = excluded.due,
         dangerous = o.dangerous or excluded.dangerous, dropped = false,
         standing = case when o.dropped then 'counts' else o.standing end,
         until = case when o.dropped then null else o.until end
   where not (excluded.viewers <@ o.viewers) or (excluded.dangerous and not o.dangerous) or o.dropped
      or (o.seal, o.lot, o.lines, o.due)
         is distinct from (excluded.seal, excluded.lot, excluded.lines, excluded.due)
)
select key, dossier, lot, case when anew or dropped then 'fresh' else 'changed' end
  from said
 where kind = 'container' and (anew or dropped or (was_lot <> lot and standing = 'counts'))
union all
select key, dossier, lot, 'dropped' from gone where kind = 'container'

-- name: beside
-- Of these the containers that other dossiers name as well.
select asked.key, asked.dossier
  from unnest(%s::text[], %s::uuid[]) as asked (key, dossier)
 cross join lateral (
   select from dossier_object o
    where o.key = asked.key and o.kind = 'container' and o.dossier <> asked.dossier
    limit 1) other

-- name: doubts
insert into task (kind, dossier, about, text_zh, text_en, made_at, viewers)
select kind, dossier, about, zh, en, at,
       (select coalesce(array_agg(distinct v), '{}')
          from unnest(viewers || array(select id from platform_operator)) as v)
  from json_to_recordset(%s::json) as t (
    kind text, dossier uuid, about text, zh text, en text, at timestamptz, viewers int[])
on conflict do nothing
