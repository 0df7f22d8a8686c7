-- Containers that a terminal reports as out by a gate of its own.

-- name: reported
-- Which container of which call a report speaks of: of a consignment's, by what was sent of it or told of its release;
-- of a pass that several share, by the pass told of.
with asked as (
  select about, number, n from unnest(%s::uuid[], %s::text[]) with ordinality as a (about, number, n)
), named as (
  select a.n, a.number, j.dossier from asked a join dossier_document j on j.submission_id = a.about
  union
  select a.n, a.number, t.dossier from asked a join notification t on t.message = a.about where t.dossier is not null
)
select n.n, o.key, null::uuid
  from named n
  join dossier_object o on o.dossier = n.dossier and o.kind = 'container' and o.number = n.number and not o.dropped
union
select a.n, p.key, t.subject_id
  from asked a
  join notification t on t.message = a.about and t.dossier is null and t.subject_kind = 'gate'
  join gate_pass p on p.number = a.number

-- name: back_since
-- Of what is reported as out that which has come back since it left so: that report is of an earlier way out.
select t.key from json_to_recordset(%s::json) as t (key text, at timestamptz)
 where exists (select from gate_return r where r.key = t.key and r.came_at > t.at)

-- name: depart
-- Gates use passes meanwhile: whichever comes first counts. What was revoked or had ended by then was not in force.
update gate_pass p set used_at = t.at, used_by = t.partner, plate = t.plate
  from json_to_recordset(%s::json) as t (key text, at timestamptz, partner text, plate text)
 where p.key = t.key and p.used_at is null
returning p.key, p.number, p.version, (p.revoked_at is null or p.revoked_at > t.at) and p.valid_until > t.at,
          p.revoked_at is null and p.valid_until > t.at, p.viewers

-- name: passless
select t.key from unnest(%s::text[]) as t (key) where not exists (select from gate_pass p where p.key = t.key)

-- name: out_without
-- It has left, so no pass of it may be given any more.
insert into gate_pass (key, number, seals, releases, dossiers, version, issued_at, valid_until, used_at, used_by, plate,
                       operators, viewers)
select key, number, '{}', '{}', dossiers, 1, at, at, at, partner, plate, operators, viewers
  from json_to_recordset(%s::json) as t (
    key text, number text, dossiers uuid[], at timestamptz, partner text, plate text, operators int[], viewers int[])
on conflict do nothing

-- name: ended
update dossier_object o set until = greatest(o.since, t.at)
  from json_to_recordset(%s::json) as t (key text, at timestamptz)
 where o.key = t.key and o.kind = 'container' and o.standing = 'counts' and o.until is null

-- name: left
-- Of what was seen coming in that which had left before, by what it was sealed, and whether anybody called it back since,
-- though that may be over. What was reported out later is out.
select p.key, p.seals,
       exists (select from dossier_object o join task k on k.dossier = o.dossier
                where o.key = p.key and o.kind = 'container' and k.kind = %(kind)s and k.about = p.number
                  and (k.state = 'open' or k.made_at >= p.used_at))
  from json_to_recordset(%(seen)s::json) as t (key text, at timestamptz)
  join gate_pass p on p.key = t.key and p.used_at < t.at
 where not exists (select from dossier_object o join milestone m on m.dossier = o.dossier
                    where o.key = p.key and o.kind = 'container' and m.object_key = p.key and m.code = 'gate_out'
                      and m.at > t.at)

-- name: in_since
-- Of containers that are out those that were reported in later than they left.
select distinct on (p.key) p.key, m.at, m.source
  from unnest(%s::text[]) as asked (key)
  join gate_pass p on p.key = asked.key and p.used_at is not null
  join dossier_object o on o.key = p.key and o.kind = 'container'
  join milestone m on m.dossier = o.dossier and m.object_key = p.key and m.code = 'in_yard' and m.at > p.used_at
 order by p.key, m.at desc

-- name: in_again
-- Its pass is used no more, and opens nothing until it is given anew; when it had left is kept.
with back as (
  select p.key, p.number, p.used_at, p.viewers, t.at,
         (p.revoked_at is null or p.revoked_at > p.used_at) and p.valid_until > p.used_at as released
    from json_to_recordset(%s::json) as t (key text, at timestamptz)
    join gate_pass p on p.key = t.key and p.used_at < t.at and p.key = any (%s)
     for update of p
), kept as (
  insert into gate_return (key, number, left_at, released, came_at, viewers)
  select key, number, used_at, released, at, viewers from back
  on conflict do nothing
)
update gate_pass p
   set used_at = null, used_by = '', gate = '', plate = '', revoked_at = coalesce(p.revoked_at, b.at), suspended = '',
       version = p.version + 1
  from back b
 where p.key = b.key
returning p.key, p.number, p.version, b.used_at, b.viewers

-- name: here_again
update dossier_object set until = null where key = any (%s) and kind = 'container' and standing = 'counts'

-- name: out
-- Whose goods, of these, are in a container that is out; a claim that does not count has none in it.
select o.key, o.dossier
  from unnest(%s::text[], %s::uuid[]) as asked (key, dossier)
  join gate_pass p on p.key = asked.key and p.used_at is not null
  join dossier_object o on o.dossier = asked.dossier and o.kind = 'container' and o.key = asked.key
 where o.standing = 'counts'

-- name: recalled
select dossier, about from task where kind = %s and state = 'open' and dossier = any (%s)

-- name: call_back
-- A container may be called back again though nothing was decided anew meanwhile: each time is a task of its own.
insert into task (kind, dossier, about, version, text_zh, text_en, made_at, viewers)
select kind, dossier, about,
       greatest(version, (select max(k.version) + 1 from task k
                           where k.kind = t.kind and k.dossier = t.dossier and k.about = t.about)),
       zh, en, at, viewers
  from json_to_recordset(%s::json) as t (
    kind text, dossier uuid, about text, version int, zh text, en text, at timestamptz, viewers int[])
on conflict do nothing
