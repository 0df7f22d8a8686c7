-- What programs ask of coordination; row-level security answers only what concerns them.

-- name: own_agency
select partner from party where id = %(id)s and kind = 'agency' and partner is not null

-- name: dossier_of
-- A consignment by its own id or by that of a submission in it.
select id from (
  select id from dossier
   where id = %(id)s or id in (select j.dossier from dossier_document j where j.submission_id = %(id)s)
  union
  select dossier from disposition where dossier = %(id)s
) known limit 1

-- name: consignments
with listed as materialized (
  select d.id, d.goods, d.name, d.mode, d.terminal, d.dangerous, d.opened_at
    from dossier d
   where %(before)s::uuid is null or d.id < %(before)s::uuid
   order by d.id desc
   limit %(most)s
)

-- name: numbered
-- Each look-up has its index; as alternatives of one condition they would be asked of every consignment there is.
with named as materialized (
  select dossier as id
    from identity_key
   where kind in ('bill', 'waybill', 'declaration', 'pre_entry', 'unified', 'transit', 'order') and value = %(number)s
  union
  select dossier from dossier_object where number = %(number)s
  union
  select id from dossier where name = %(number)s
), listed as materialized (
  select d.id, d.goods, d.name, d.mode, d.terminal, d.dangerous, d.opened_at
    from (select id from named
           where %(before)s::uuid is null or id < %(before)s::uuid) n
   cross join lateral (select * from dossier where id = n.id offset 0) d
   order by d.id desc
   limit %(most)s
)

-- name: one
with listed as materialized (
  select d.id, d.goods, d.name, d.mode, d.terminal, d.dangerous, d.opened_at from dossier d where d.id = %(id)s
)

-- name: heads
-- The last change is of what the caller may see: documents, decisions, inspections, moves.
select d.*, greatest(
         d.opened_at,
         (select max(o.changed_at)
            from (select distinct j.submission_id from dossier_document j where j.dossier = d.id offset 0) j
            join document o on o.submission_id = j.submission_id),
         (select max(p.changed_at) from disposition p where p.dossier = d.id),
         (select max(i.changed_at) from inspection_order i where i.dossier = d.id),
         (select max(i.changed_at)
            from disposition p
            join inspection_order i on i.subject_key = p.subject_key and i.subject_kind = p.subject_kind
           where p.dossier = d.id and p.subject_kind = 'container'
             and i.dossier = '00000000-0000-0000-0000-000000000000'),
         (select max(m.at) from milestone m where m.dossier = d.id)) as changed_at
  from listed d
 order by d.id desc

-- name: keys
select kind, value from identity_key where dossier = %(id)s order by kind, value limit 200

-- name: objects
select kind, number, seal, lot, lines, dangerous, since, until
  from objects_told(array[%(id)s]::uuid[]) order by kind, number limit 2000

-- name: milestones
select m.at, 'logistics' as track, m.code, m.source as by, coalesce(o.number, '') as number, '' as text
  from milestone m
  left join dossier_object o on (o.dossier, o.kind, o.key) = (m.dossier, m.object_kind, m.object_key)
 where m.dossier = %(id)s order by m.at limit 1000

-- name: answers
-- The document track: what the receivers' business said. Only documents that the caller may see.
select r.at, 'documents' as track, r.code, r.partner as by, '' as number, r.text, r.outcome
  from dossier_document j
  join receipt r on r.submission_id = j.submission_id
 where j.dossier = %(id)s and r.stage = 'business' order by r.at limit 1000

-- name: documents
select distinct d.submission_id, d.id as document_id, d.partner as receiver, d.kind as document, d.title,
       d.state, d.created_at
  from dossier_document j
  join document d on d.submission_id = j.submission_id
 where j.dossier = %(id)s order by d.created_at, d.id limit 200

-- name: instructions
select agency, channel, id, version, dossier as consignment, "order", subject_kind, subject_key, method, items,
       basis, text, withdrawn, at, received_at
  from instruction
 where dossier = %(id)s
   and (%(before_at)s::timestamptz is null
        or (received_at, agency, channel, id, version)
           < (%(before_at)s::timestamptz, %(agency)s::text, %(channel)s::text, %(instruction)s::text, %(version)s::bigint))
 order by received_at desc, agency desc, channel desc, id desc, version desc
 limit %(most)s

-- name: on_screen
select 1 from instruction where id = %(id)s and agency = %(agency)s and channel = 'screen' limit 1

-- name: inspections
select id, number, dossier, subject_kind as kind, name, state, lead, method, opened_at, changed_at, appointed_at,
       place, conclusion
  from inspection_order
 where (%(before)s::uuid is null or id < %(before)s::uuid)
   and (%(state)s::text is null or state = %(state)s)
   and (not %(open)s or state not in ('closed', 'cancelled'))
   and (%(dossier)s::uuid is null
        or id in (select id from inspection_order where dossier = %(dossier)s::uuid
                  union all
                  select i.id
                    from disposition p
                    join inspection_order i on i.subject_key = p.subject_key and i.subject_kind = p.subject_kind
                   where p.dossier = %(dossier)s::uuid and p.subject_kind = 'container'
                     and i.dossier = '00000000-0000-0000-0000-000000000000'))
 order by id desc
 limit %(most)s

-- name: release
select r.number, r.dossier as consignment, r.version, r.issued_at, r.valid_until, r.revoked_at, r.revoked_for, r.key_id,
       told.statement, told.signature
  from release r left join release_told(%(number)s) told on true where r.number = %(number)s

-- name: passes
-- Free: all that the reader has in the container is released.
-- A pass stands in the list by a digest of its key: the key itself names the call, and a cursor shows its place.
select number, seals_of_pass(key) as seals, releases_of_pass(key) as releases, issued_at, valid_until, revoked_at,
       used_at, gate, suspended,
       revoked_at is not null and coalesce(
         (select bool_and(d.kind = 'released')
            from release r
            join disposition d on d.dossier = r.dossier and d.subject_kind = 'container' and d.subject_key = key
           where r.number = any (releases_of_pass(key))), false) as free,
       md5(key)::uuid as place
  from gate_pass
 where number = %(number)s
   and (%(used)s::boolean is null or (used_at is not null) > %(used)s::boolean
        or ((used_at is not null) = %(used)s::boolean
            and (issued_at, md5(key)::uuid) < (%(issued_at)s::timestamptz, %(place)s::uuid)))
 order by used_at is not null, issued_at desc, place desc
 limit %(most)s

-- name: gate_events
select id, at, gate, plate, number, seal, passed, reasons
  from gate_event
 where (%(before_at)s::timestamptz is null
        or (at, id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
   and (%(number)s::text is null or number = %(number)s)
 order by at desc, id desc
 limit %(most)s
