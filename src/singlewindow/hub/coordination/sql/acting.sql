-- The worker's side of what people asked for, and of time.

-- name: waiting
-- First what may bar something, and what the same party asked for until then: asked for before, a release must not be
-- carried out after a hold, which it would end.
select id, verb, actor_kind, actor_id, actor_name, actor_party, arguments::text
  from coordination_request r
 where applied_at is null
 order by coalesce(asked_at <= (select max(b.asked_at)
                                  from coordination_request b
                                 where b.actor_party = r.actor_party and b.bars and b.applied_at is null), false) desc,
       asked_at, id
 limit 50
   for update skip locked

-- name: applied
update coordination_request set applied_at = %s, problems = %s where id = %s

-- name: gone
-- Boxes that left since: the logistics track learns of it, and their period in the dossier ends.
with gone as (
  update gate_event set taken_at = %s where out and taken_at is null returning key, at
), ended as (
  update dossier_object o set until = greatest(o.since, g.at)
    from gone g
   where o.key = any (array(select key from gone)) and o.key = g.key  -- looked up, when there is one
     and o.kind = 'container' and o.standing = 'counts'
  returning o.dossier, o.key, g.at, o.viewers
)
insert into milestone (dossier, code, object_kind, object_key, at, source, viewers)
select dossier, 'gate_out', 'container', key, at, 'gate', viewers from ended
on conflict do nothing

-- name: ends_soon
-- Releases whose term is about to end and what they would leave behind: containers that have not left.
select r.id, r.dossier, r.statement, r.valid_until, r.viewers, here.numbers
  from (
   select id, number, dossier, statement, valid_until, viewers
     from release
    where revoked_at is null and valid_until > (select ends_told from coordination_pulse) and valid_until <= %s
    order by valid_until
    fetch first 500 rows with ties) r  -- in the order of an index: it is asked every moment, and mostly finds none
 cross join lateral (
   select array_agg(o.number order by o.number) as numbers
     from dossier_object o
    where o.dossier = r.dossier and o.kind = 'container' and o.standing = 'counts'
      and not exists (select from gate_pass p where p.key = o.key and p.used_at is not null)) here
 order by r.valid_until

-- name: ends_told
update coordination_pulse set ends_told = greatest(ends_told, %s)

-- name: pulse
-- As fresh as the oldest answer that waits to be applied or decided on, or for a person: a dead letter may
-- hold a hold, until somebody has seen it and lays it aside. And as the oldest request that may bar something.
update coordination_pulse
   set at = least(%(at)s, (select min(received_at) from inbox where state = 0),
                          (select min(received_at) from inbox where state = 1),
                          (select min(since) from coordination_due),
                          (select min(asked_at) from coordination_request where bars and applied_at is null))

-- name: seal
update dossier_object set seal = %(seal)s
 where kind = 'container' and key = %(key)s and seal is distinct from %(seal)s
