-- Inspection orders, read and written whole; they are few beside declarations.

-- name: newest
-- The live order of each subject asked for, of which there is one at most, else the newest: two may be opened
-- at one instant, but their numbers grow.
select distinct on (o.dossier, o.subject_kind, o.subject_key) o.id
  from unnest(%s::uuid[], %s::text[], %s::text[]) as asked (dossier, kind, key)
  join inspection_order o
    on o.dossier = asked.dossier and o.subject_kind = asked.kind and o.subject_key = asked.key
 order by o.dossier, o.subject_kind, o.subject_key, o.state in ('consolidated', 'closed', 'cancelled'),
          o.opened_at desc, length(o.number) desc, o.number desc

-- name: due
select id from inspection_order where state = 'collecting' and opened_at <= %s limit 100

-- name: orders
select o.id, o.number, o.dossier, o.subject_kind, o.subject_key, o.name, o.state, o.lead, o.method, o.opened_at,
       o.changed_at, o.appointed_at, o.place, o.appointed_by, o.conclusion, coalesce(r.reason, ''), o.ready_by,
       o.started_by
  from inspection_order o left join inspection_reason r on r.inspection_order = o.id
 where o.id = any (%s)

-- name: parts
select inspection_order, agency, standing, method, conclusion, concluded_at, concluded_by
  from inspection_part where inspection_order = any (%s) order by agency

-- name: needs
select inspection_order, agency, name, method, items
  from inspection_need where inspection_order = any (%s) order by name

-- name: readers
-- Who reads a shared order, and each need of it by its name.
select '', viewers from inspection_order where id = %(id)s
union all
select name, viewers from inspection_need where inspection_order = %(id)s

-- name: heard
-- Who reads instructions, by their names.
select concat_ws('/', i.agency, i.channel, i.id, i.version), i.viewers
  from unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) as named (agency, channel, id, version)
  join instruction i using (agency, channel, id, version)

-- name: results
select inspection_order, item, result, note, agency, by, at
  from inspection_result where inspection_order = any (%s) order by at, item

-- name: number
select nextval('inspection_number')

-- name: put_order
insert into inspection_order (id, number, dossier, subject_kind, subject_key, name, state, lead, method, opened_at,
                              changed_at, appointed_at, place, appointed_by, conclusion, ready_by, started_by,
                              viewers)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (id) do update
   set state = excluded.state, lead = excluded.lead, method = excluded.method, changed_at = excluded.changed_at,
       appointed_at = excluded.appointed_at, place = excluded.place, appointed_by = excluded.appointed_by,
       conclusion = excluded.conclusion, ready_by = excluded.ready_by, started_by = excluded.started_by,
       viewers = excluded.viewers

-- name: put_part
insert into inspection_part (inspection_order, agency, standing, method, asked, conclusion, concluded_at, concluded_by,
                             viewers)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (inspection_order, agency) do update
   set standing = excluded.standing, method = excluded.method, asked = excluded.asked,
       conclusion = excluded.conclusion, concluded_at = excluded.concluded_at, concluded_by = excluded.concluded_by,
       viewers = excluded.viewers

-- name: put_need
insert into inspection_need (inspection_order, agency, name, method, items, viewers)
values (%s, %s, %s, %s, %s, %s)
on conflict (inspection_order, name) do update set viewers = excluded.viewers

-- name: forget_needs
delete from inspection_need where inspection_order = %s and name <> all (%s::text[])

-- name: put_reason
insert into inspection_reason (inspection_order, reason, viewers) values (%s, %s, %s) on conflict do nothing

-- name: put_result
insert into inspection_result (inspection_order, item, result, note, agency, by, at, viewers)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (inspection_order, item) do update
   set result = excluded.result, note = excluded.note, agency = excluded.agency, by = excluded.by, at = excluded.at,
       viewers = excluded.viewers

-- name: execute
-- Of what was inspected: an order on a bill stands in the way of its other containers until each was looked at.
insert into execution (agency, channel, id, version, subject_key, inspection_order, at, viewers)
select i.agency, i.channel, i.id, i.version, %s, %s, %s, i.viewers
  from unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) as done (agency, channel, id, version)
  join instruction i using (agency, channel, id, version)
on conflict do nothing

-- name: release_from_screen
-- An agency without a system of its own releases by its recorded conclusion: of an order on a bill the container
-- that was inspected, and no other. Its id says of what it is the result (OF_RESULT): it ends no other order.
insert into instruction (agency, channel, id, version, dossier, origin, "order", subject_kind, subject_key, method,
                         items, basis, text, withdrawn, at, received_at, viewers)
select i.agency, i.channel, i.id || '@' || %(key)s, i.version + 1, i.dossier, i.origin, 1,
       case when narrower then %(kind)s else i.subject_kind end,
       case when narrower then %(key)s else i.subject_key end, '', '{}', i.basis, %(why)s, false, %(at)s, %(at)s,
       i.viewers
  from unnest(%(agencies)s::text[], %(channels)s::text[], %(ids)s::text[], %(versions)s::bigint[])
       as done (agency, channel, id, version)
  join instruction i using (agency, channel, id, version)
 cross join lateral (select %(kind)s = 'container' and i.subject_kind <> 'container') as named (narrower)
 where i.channel = 'screen'
on conflict do nothing
