-- What a forwarder's lists read, as sw_web: which consignments name it and what of them it is told, the functions
-- decide (hub/dossier, 0005_forwarded); how these stand and what is to be inspected, row-level security.

-- name: newest
select id from dossiers_forwarded(%(below)s, %(most)s)

-- name: called
select id from dossiers_forwarded_called(%(numbers)s, %(below)s, %(most)s)

-- name: called_besides
-- Those found by nothing else: what is one's own is found by its documents.
select f.id from dossiers_forwarded_called(%(numbers)s, %(below)s, %(most)s) f
where not exists (select from dossier d where d.id = f.id)

-- name: told
select id, name, goods, call, conveyance, opened_at, keys, numbers from dossiers_told(%(ids)s)

-- name: dispositions
select dossier, subject_key, kind, agencies, missing, changed_at from disposition where dossier = any (%(ids)s)

-- name: gone
-- Containers that a gate let out.
select key, used_at from gate_pass where key = any (%(keys)s) and used_at is not null

-- name: visits_of
-- Inspections of these consignments, and of the containers that they share, that are still to be carried out.
select id, dossier, name, state, appointed_at, place from (
  select id, dossier, name, state, appointed_at, place, opened_at, number from inspection_order
  where dossier = any (%(ids)s)
  union all
  select i.id, p.dossier, i.name, i.state, i.appointed_at, i.place, i.opened_at, i.number
  from disposition p join inspection_order i on i.subject_key = p.subject_key and i.subject_kind = 'container'
  where p.dossier = any (%(ids)s) and p.subject_kind = 'container'
    and i.dossier = '00000000-0000-0000-0000-000000000000'
) found
where state not in ('consolidated', 'closed', 'cancelled')
order by coalesce(appointed_at, opened_at), number limit 500

-- name: inspected
-- When an inspection of theirs last changed, carried out or not.
select dossier, max(changed_at) as changed_at from (
  select dossier, changed_at from inspection_order where dossier = any (%(ids)s)
  union all
  select p.dossier, i.changed_at
  from disposition p join inspection_order i on i.subject_key = p.subject_key and i.subject_kind = 'container'
  where p.dossier = any (%(ids)s) and p.subject_kind = 'container'
    and i.dossier = '00000000-0000-0000-0000-000000000000'
) found group by dossier

-- name: visits
-- The next of all there are: an index holds those that are still to be carried out, and no others.
select id, dossier, name, state, appointed_at, place from inspection_order
where state not in ('consolidated', 'closed', 'cancelled')
order by coalesce(appointed_at, opened_at), number limit %(most)s
