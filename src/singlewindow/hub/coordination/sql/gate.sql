-- What a gate asks, under the row-level security of whoever stands at it.

-- name: pulse
select at from coordination_pulse

-- name: passes
-- The same number in another call is another row: those that may still be used go first, the newest before others.
select key, seals_of_pass(key), releases_of_pass(key), version, valid_until, revoked_at, used_at, suspended, shared
  from gate_pass
 where number = %s
 order by used_at is not null, issued_at desc
 limit %s

-- name: why_not
select kind, agencies, missing from container_stands(%s)

-- name: barred
select dossier, goods, call, key, lot, kind, agencies, missing from container_barred(%(number)s)

-- name: called
-- The container in these goods, under whatever call it was known.
select dossier, key, number, standing in ('ended', 'dropped')
  from objects_told(%(dossiers)s) where kind = 'container' and number = %(number)s

-- name: let_out
-- How a pass was used at a gate of the viewer's own; others' gates are nobody else's to read.
select gate, plate from gate_event where at = %s and key = %s and out

-- name: turned_away
select 1 from gate_event
 where at > %(since)s and gate = %(gate)s and number = %(number)s and plate = %(plate)s and seal = %(seal)s
   and not passed and reasons = %(reasons)s::jsonb
 limit 1

-- name: use
-- Two gates at one instant: the second waits for the first, and finds the pass used.
update gate_pass
   set used_at = %(at)s, used_by = %(actor)s, gate = %(gate)s, plate = %(plate)s
 where key = %(key)s and version = %(version)s and used_at is null and revoked_at is null and valid_until > %(at)s
returning concerned_by_pass(key)

-- name: event
insert into gate_event (at, gate, plate, number, seal, passed, out, reasons, key, actor, viewers)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
