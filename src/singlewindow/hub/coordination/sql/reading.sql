-- What pages ask. The transaction's viewer set decides what exists for whom.

-- name: dossier
select d.id, d.goods, d.name, d.call, d.opened_at
  from dossier d
 where d.id = %(id)s or d.id = (select j.dossier from dossier_document j where j.submission_id = %(id)s limit 1)

-- name: dispositions
select subject_kind, subject_key, number, lot, version, kind, agencies, missing, changed_at
  from disposition where dossier = %s order by number

-- name: boxes
-- Its containers, those that are in it no more as well.
select key, number, standing in ('ended', 'dropped') from objects_told(array[%s]::uuid[]) where kind = 'container'

-- name: releases
select number, version, issued_at, valid_until, revoked_at, revoked_for, key_id
  from release where dossier = %s order by version

-- name: passes
select p.number, releases_of_pass(p.key), p.issued_at, p.valid_until, p.revoked_at, p.used_at, p.gate,
       p.suspended, d.kind = 'released'
  from disposition d join gate_pass p on p.key = d.subject_key
 where d.dossier = %s and d.subject_kind = 'container' order by p.number

-- name: orders
select id, number, dossier, subject_kind, name, state, lead, method, opened_at, appointed_at, place, conclusion
  from inspection_order
 where (%(open)s is false or state not in ('closed', 'cancelled'))
   and (%(dossier)s::uuid is null or dossier = %(dossier)s)
   and (%(agency)s::text is null or exists (
     select from inspection_part p
      where p.inspection_order = inspection_order.id and p.agency = %(agency)s and p.standing <> 'withdrawn'))
 order by coalesce(appointed_at, opened_at), number
offset %(skip)s limit %(most)s

-- name: order
select id, number, dossier, subject_kind, name, state, lead, method, opened_at, appointed_at, place, conclusion,
       coalesce((select reason from inspection_reason where inspection_order = id), ''), subject_key, appointed_by,
       changed_at, ready_by, started_by
  from inspection_order where id = %s

-- name: parts
-- As far as its needs are told here: on what others' goods share, not all.
select p.agency, p.standing, p.method, p.asked, n.instructions, n.items, p.conclusion, p.concluded_at, p.concluded_by
  from inspection_part p
 cross join lateral (
   select coalesce(array_agg(name order by name), '{}') as instructions,
          coalesce(jsonb_agg(items order by name), '[]') as items
     from inspection_need where inspection_order = p.inspection_order and agency = p.agency) n
 where p.inspection_order = %s
 order by p.agency

-- name: results
select item, result, note, agency, by, at from inspection_result where inspection_order = %s order by at, item

-- name: recipients
-- Who is told of an order: declarant, the other parties of the declaration, forwarder, terminal.
select distinct on (party) party, role from (
  select s.party, 'declarant' as role, 1 as rank
    from dossier_document j join submission s on s.id = j.submission_id where j.dossier = %(dossier)s
  union all
  select unnest(d.viewers), 'importer', 2 from dossier d where d.id = %(dossier)s
  union all
  select p.id, 'forwarder', 3 from parties_named(array[%(dossier)s]::uuid[]) p where p.forwarder
  union all
  select p.id, 'terminal', 4 from dossier d join party p on p.code = %(operator)s where d.id = %(dossier)s
) as told
 order by party, rank

-- name: terminal
select terminal from dossier where id = %s

-- name: gate_events
select at, gate, plate, number, seal, passed, out, reasons from gate_event order by at desc limit %s

-- name: request
select verb, asked_at, applied_at, problems from coordination_request where id = %s
