-- What coordination writes, set by set.

-- name: instructions_known
-- Versions are few: what is asked is which of these names were ever used.
select i.agency, i.channel, i.id, i.version
  from unnest(%s::text[], %s::text[], %s::text[]) as asked (agency, channel, id)
  join instruction i using (agency, channel, id)

-- name: replaced
delete from disposition d
 using unnest(%s::uuid[], %s::text[], %s::text[]) as old (dossier, kind, key)
 where d.dossier = old.dossier and d.subject_kind = old.kind and d.subject_key = old.key

-- name: recalls_ended
update task t set state = 'done', done_at = %(at)s, done_by = 'coordination'
  from unnest(%(dossiers)s::uuid[], %(numbers)s::text[]) as free (dossier, number)
 where t.kind = %(kind)s and t.state = 'open' and t.dossier = free.dossier and t.about = free.number
returning t.dossier, free.number

-- name: lots
-- All consignments of these containers, and whether each is released. Each is looked up by its key: as a join it is
-- planned, while the tables grow, as comparing every disposition there is.
select o.key, o.dossier, o.seal, o.viewers, d.kind
  from unnest(%s::text[]) as box (key)
 cross join lateral (
   select key, dossier, seal, viewers
     from dossier_object
    where kind = 'container' and key = box.key and standing = 'counts'
   offset 0) o
  left join lateral (
   select kind
     from disposition
    where dossier = o.dossier and subject_kind = 'container' and subject_key = o.key
   offset 0) d on true

-- name: used
select key, unnest(dossiers) from gate_pass where key = any (%s) and used_at is not null

-- name: given
select key, case when used_at is not null then 'used' when revoked_at is null and valid_until > %s then 'in force'
            else '' end
  from gate_pass where key = any (%s)

-- name: contested
select key from claimed_container where key = any (%s) and contested

-- name: in_force
select id, number, dossier, version, statement, viewers
  from release
 where dossier = any (%s) and revoked_at is null

-- name: ending
select id, number, statement
  from release
 where dossier = %s and revoked_at is null and valid_until <= %s

-- name: versions
select dossier, max(version) from release where dossier = any (%s) group by dossier

-- name: numbers
select nextval('release_number') from generate_series(1, %s)

-- name: give_anew
-- A pass that was used stays used: nothing leaves twice.
insert into gate_pass as p (key, number, seals, releases, dossiers, version, issued_at, valid_until, operators, viewers)
select key, number, seals, releases, dossiers, 1, issued_at, valid_until, operators, viewers
  from json_to_recordset(%s::json) as t (
    key text, number text, seals text[], releases text[], dossiers uuid[], issued_at timestamptz,
    valid_until timestamptz, operators int[], viewers int[])
on conflict (key) do update
   set seals = excluded.seals, releases = excluded.releases, dossiers = excluded.dossiers, version = p.version + 1,
       issued_at = excluded.issued_at, valid_until = excluded.valid_until, revoked_at = null, suspended = '',
       operators = excluded.operators, viewers = excluded.viewers
 where p.used_at is null
returning key, number, version, dossiers, seals, valid_until,
          operators || array(select id from platform_operator),
          viewers || array(select id from platform_operator)

-- name: revoke_passes
-- Gates use passes while this runs: whichever comes first wins, and the loser learns of it. A claim that does not
-- count has no part in a pass.
update gate_pass set revoked_at = %(at)s, version = version + 1
 where key = any (%(keys)s) and used_at is null and revoked_at is null
   and exists (select from unnest(%(keys)s::text[], %(dossiers)s::uuid[]) as fell (box, dossier)
                where box = key and dossier = any (dossiers))
returning key, number, version, dossiers, seals, valid_until,
          operators || array(select id from platform_operator),
          viewers || array(select id from platform_operator)

-- name: revoke_releases
update release set revoked_at = %(at)s, revoked_for = %(reason)s
 where id = any (%(ids)s) and revoked_at is null
