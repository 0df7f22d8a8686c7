-- What ``join`` says to the data base: set by set, each statement safe to repeat.

-- name: lock
select pg_advisory_xact_lock(7700021)

-- name: unjoined
-- One look-up an id, and only by it: each fence keeps the planner from walking over every source document there is.
select d.submission_id, d.id, d.kind, d.created_at, d.viewers, v.content,
       (select true from dossier o where o.id = asked.id limit 1) is null
  from unnest(%s::uuid[]) as asked (id)
 cross join lateral (
   select * from (select submission_id, id, kind, partner, created_at, viewers, version
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
select k.kind, k.value, k.carrier, d.id, d.viewers,
       (select array_agg(distinct j.kind) from dossier_document j where j.dossier = d.id)
  from (select distinct kind, value from unnest(%s::text[], %s::text[]) as asked (kind, value)) asked
  join identity_key k using (kind, value)
  join dossier d on d.id = k.dossier
 order by d.opened_at, d.id

-- name: grow
-- A later document adds readers, and what an earlier one did not know.
update dossier d
   set viewers = t.viewers,
       call = case when d.call = '' then t.call else d.call end,
       terminal = case when d.terminal = '' then t.terminal else d.terminal end,
       forwarder = case when d.forwarder = '' then t.forwarder else d.forwarder end,
       dangerous = d.dangerous or t.dangerous
  from json_to_recordset(%s::json) as t (
    id uuid, call text, terminal text, forwarder text, dangerous boolean, viewers int[])
 where d.id = t.id

-- name: keys
insert into identity_key (kind, value, carrier, dossier, viewers)
select kind, value, carrier, dossier, viewers
  from json_to_recordset(%s::json) as t (kind text, value text, carrier text, dossier uuid, viewers int[])
on conflict do nothing

-- name: objects
-- Returns the containers that a dossier names for the first time.
with put as (
  insert into dossier_object as o (dossier, kind, key, number, seal, lot, lines, dangerous, since, viewers)
  select dossier, kind, key, number, seal, lot, lines, dangerous, since, viewers
    from json_to_recordset(%s::json) as t (
      dossier uuid, kind text, key text, number text, seal text, lot boolean, lines text, dangerous boolean,
      since timestamptz, viewers int[])
  on conflict (dossier, kind, key) do update
     set viewers = (select array_agg(distinct v) from unnest(o.viewers || excluded.viewers) as v),
         seal = case when o.seal = '' then excluded.seal else o.seal end,
         dangerous = o.dangerous or excluded.dangerous
   where not (excluded.viewers <@ o.viewers) or (o.seal = '' and excluded.seal <> '')
      or (excluded.dangerous and not o.dangerous)
  returning o.key, o.dossier, o.lot, o.kind = 'container' and o.xmax = 0 as fresh
)
select key, dossier, lot from put where fresh

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
          from unnest(viewers || array(select id from party p where p.kind = 'platform')) as v)
  from json_to_recordset(%s::json) as t (
    kind text, dossier uuid, about text, zh text, en text, at timestamptz, viewers int[])
on conflict do nothing
