-- What the pages read, always as sw_web under row-level security. Each statement starts at its name.

-- name: declared
-- These declarations, with every agency's document and how it stands.
with listed as materialized (
  select submission_id, kind, reference, title, party, version, boxes, created_at, state,
         (select min(v) from unnest(viewers) v where v <> party) as principal
  from document
  where partner is null and submission_id = any(%(ids)s::uuid[])
  limit %(most)s
)

-- name: received
-- The same for a partner's people: what their party was sent.
with listed as materialized (
  select submission_id, kind, reference, title, party, version, boxes, created_at, state,
         (select min(v) from unnest(viewers) v where v <> party) as principal
  from document
  where partner = %(partner)s and submission_id = any(%(ids)s::uuid[])
    and id <> submission_id  -- the platform's own notices are nobody's declaration
  limit %(most)s
)

-- name: rows_of_listed
, going as materialized (
  select m.submission_id, m.document_id, max(o.attempts) as attempts, bool_or(o.state > 0) as dead,
         max(l.paused_at) as paused_at
  from outbox o join message m on m.submission_id = o.submission_id and m.id = o.message
  join document d on d.submission_id = m.submission_id and d.id = m.document_id
  left join lane l on l.partner = o.partner
  where o.submission_id in (select submission_id from listed) and (o.state < 2 or d.state_at is null)
  group by m.submission_id, m.document_id
), sent as materialized (
  select d.submission_id, jsonb_agg(jsonb_build_object(
           'partner', d.partner, 'kind', d.kind, 'code', d.letter,
           'phase', case when d.stood = d.version then d.phase end,
           'delivery', case when g.document_id is null then null
                       else jsonb_build_object('attempts', g.attempts, 'dead', g.dead,
                                               'paused_at', g.paused_at) end)
         order by d.created_at, d.partner) as documents
  from document d
  left join going g on g.submission_id = d.submission_id and g.document_id = d.id
  where d.submission_id in (select submission_id from listed) and d.partner is not null
  group by d.submission_id
), keyed as materialized (
  select submission_id, jsonb_agg(distinct jsonb_build_array(kind, value)) as keys
  from document_key where submission_id in (select submission_id from listed)
  group by submission_id
), barred as materialized (
  select j.submission_id, array_agg(distinct p.kind) as kinds
  from dossier_document j join disposition p on p.dossier = j.dossier
  where j.submission_id in (select submission_id from listed)
  group by j.submission_id
)
select b.kinds, r.submission_id, r.kind, r.reference, r.title, r.version, r.boxes, r.created_at, r.state, r.party,
       p.name_zh, p.name_en, o.name_zh as for_zh, o.name_en as for_en, s.documents, k.keys,
       (select min(u.deadline) from duty u where u.submission_id = r.submission_id and u.done_at is null) as due,
       exists (select 1 from draft m where m.mends = r.submission_id and m.submission_id is not null) as mended
from listed r
left join party p on p.id = r.party
left join party o on o.id = r.principal
left join sent s on s.submission_id = r.submission_id
left join keyed k on k.submission_id = r.submission_id
left join barred b on b.submission_id = r.submission_id
order by r.created_at desc, r.submission_id desc

-- name: documents
select d.id, d.kind, d.partner, d.version, d.definition_version, d.reference, d.title, d.boxes,
       d.created_at, d.state, p.name_zh, p.name_en, d.stood, d.phase, d.letter as code
from document d left join party p on p.id = d.party
where d.submission_id = %(id)s
order by d.partner is not null, d.created_at, d.partner
limit 200

-- name: submission
select s.id as submission_id, s.party, s.actor_kind, s.actor_name, s.door, s.format, s.message_id, s.digest, s.received_at,
       p.name_zh, p.name_en
from submission s left join party p on p.id = s.party
where s.id = %(id)s

-- name: versions
select document_id, version, created_at from document_version
where submission_id = %(id)s order by created_at limit 200

-- name: messages
select m.document_id, m.version, m.message_id, m.digest, m.created_at
from message m where m.submission_id = %(id)s order by m.created_at desc, m.version desc limit 500

-- name: deliveries
select m.document_id, o.state > 0 as dead, o.state = 2 as aside, o.attempts, o.ready_at, l.since, l.paused_at
from outbox o join message m on m.submission_id = o.submission_id and m.id = o.message
join document d on d.submission_id = m.submission_id and d.id = m.document_id
left join lane l on l.partner = o.partner
where o.submission_id = %(id)s and (o.state < 2 or d.state_at is null)  -- what was answered arrived after all
order by o.seq limit 500

-- name: receipts
select document_id, partner, stage, code, outcome, text, facts, problems, at, received_at
from receipt where submission_id = %(id)s
order by date_trunc('second', at) desc, received_at desc, outcome desc, stage limit 500

-- name: acts
-- What the platform itself did with the goods: inspections ordered and concluded, releases, and gates passed. A release
-- that another took the place of is not one that was taken back; what left with none in force passed no gate. A box
-- that came back stays one that had left. What was ordered on the whole of a container is done to each who shares it.
with mine as materialized (
  select distinct dossier from dossier_document where submission_id = %(id)s
), issued as materialized (
  select number, issued_at, revoked_at, revoked_for from release
   where dossier in (select dossier from mine) limit 100
), boxes as materialized (
  select distinct subject_key as key from disposition
   where dossier in (select dossier from mine) and subject_kind = 'container'
), ordered as materialized (
  select id, name, opened_at, conclusion, false as shared
    from inspection_order where dossier in (select dossier from mine)
  union all
  select i.id, i.name, i.opened_at, i.conclusion, true
    from boxes b join inspection_order i on i.subject_key = b.key and i.subject_kind = 'container'
   where i.dossier = '00000000-0000-0000-0000-000000000000'
  limit 100
), back as materialized (
  select r.number, r.left_at, r.released, r.came_at from boxes b join gate_return r on r.key = b.key limit 100
)
select 'ordered' as what, opened_at as at, name as number, shared from ordered
union all
select o.conclusion, max(p.concluded_at), o.name, o.shared
  from ordered o join inspection_part p on p.inspection_order = o.id
 where o.conclusion <> '' and p.concluded_at is not null
 group by o.id, o.conclusion, o.name, o.shared
union all
select 'released', issued_at, number, false from issued
union all
select case revoked_for when 'renewed' then 'replaced' else 'revoked' end, revoked_at, number, false
  from issued where revoked_at is not null
union all
select case when (g.revoked_at is null or g.revoked_at > g.used_at) and g.valid_until > g.used_at
            then 'left' else 'strayed' end, g.used_at, g.number, false
  from boxes b join gate_pass g on g.key = b.key
 where g.used_at is not null
union all
select case when released then 'left' else 'strayed' end, left_at, number, false from back
union all
select 'back', came_at, number, false from back
 order by at, what
 limit 300

-- name: barred
-- What of the goods' own dispositions stands in the way, whatever the papers say.
select distinct p.kind
from dossier_document j join disposition p on p.dossier = j.dossier
where j.submission_id = %(id)s

-- name: keys
select distinct kind, value from document_key where submission_id = %(id)s order by kind, value limit 200

-- name: evidence
select count(e.id) as entries, count(p.position) as numbered, min(p.position) as first, max(p.position) as last,
       count(*) filter (where p.position < c.size) as covered, c.size, c.root, c.at, c.key_id
from (select 1) one
left join lateral (select size, root, at, key_id from journal_checkpoint order by size desc limit 1) c on true
left join journal_entry e on e.submission_id = %(id)s
left join journal_position p on p.entry_id = e.id
group by c.size, c.root, c.at, c.key_id

-- name: lanes
select partner, breaker, failures, probe_at, since, paused_at, disconnected, changed_at
  from lane order by partner limit 200

-- name: speaking
select partner from party where partner is not null limit 200

-- name: found
-- By exact value, the only look-up an index can serve before the row policy. Partners' people, who see no keys
-- of the source document, find a consignment by what its dossier is called and what is in it; a dossier's bill
-- stands behind its mode of transport. What messages and gates name leads there too: orders and releases.
with named as (
  select submission_id from document_key where value = any(%(values)s)
  union
  select j.submission_id
  from dossier_object o join dossier_document j on j.dossier = o.dossier
  where o.number = any(%(values)s) and o.kind = 'container'
  union
  select j.submission_id
  from identity_key i join dossier_document j on j.dossier = i.dossier
  where i.kind in ('bill', 'waybill', 'order')
    and i.value = any(%(values)s::text[] || array(select c.code || '/' || v.number
                                                  from unnest(%(values)s::text[]) v (number), code c
                                                 where c.list = 'transport_modes'))
  union
  select j.submission_id
  from inspection_order o join dossier_document j on j.dossier = o.dossier
  where o.number = any(%(values)s)
  union
  select j.submission_id
  from inspection_order o
  join disposition p on p.subject_key = o.subject_key and p.subject_kind = 'container'
  join dossier_document j on j.dossier = p.dossier
  where o.number = any(%(values)s) and o.subject_kind = 'container'
    and o.dossier = '00000000-0000-0000-0000-000000000000'
  union
  select j.submission_id
  from release r join dossier_document j on j.dossier = r.dossier
  where r.number = any(%(values)s)
)
select n.submission_id, s.received_at
from named n join submission s on s.id = n.submission_id
order by s.received_at desc limit 50

-- name: services
select s.source_kind, s.receiver, s.document_kind
from subscription s
where s.valid_from <= %(today)s and (s.valid_to is null or s.valid_to >= %(today)s)
  and exists (select from definition d where d.id = s.source_kind)  -- the platform's own notices have none
order by s.source_kind, s.id limit 500

-- name: party
select name_zh, name_en from party where id = %(id)s

-- name: entries_received
select entry from entries_received(%(partner)s)

-- name: parties_named
select id, name_zh, name_en from parties_named(%(about)s)

-- name: called
-- What the goods of a dossier are called, and what carries them, for who is only told of what happens to them.
select name, call, conveyance from dossiers_told(array[%(id)s]::uuid[])
union all
(select convert_from(content, 'UTF8')::jsonb ->> 'name', '', ''
   from journal_entry
  where submission_id = %(id)s and verb in ('composite.changed', 'release.issued') and content is not null
  order by id limit 1)
limit 1
