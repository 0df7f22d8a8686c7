-- What the clearance pages read, always as sw_web under row-level security.

-- name: dossiers
-- Who is only told of what happens (a forwarder) reads dispositions of a dossier, not the dossier: there its id
-- is that of the submission that opened it. A forwarder is told some of it.
with told as materialized (
  select id, goods, name, call from dossiers_told(array[%(submission)s]::uuid[])
), found as (
  select dossier from dossier_document where submission_id = %(submission)s
  union
  select dossier from disposition where dossier = %(submission)s
  union
  select id from told
)
select f.dossier as id,
       coalesce(d.goods, t.goods, (select p.subject_kind from disposition p
                                   where p.dossier = f.dossier and p.subject_kind <> 'container' limit 1), 'bill')
         as goods,
       coalesce(d.name, t.name, (select o.title from document o where o.submission_id = %(submission)s
                                 order by o.partner is not null, o.created_at limit 1), '') as name,
       coalesce(d.call, t.call, (select split_part(p.subject_key, '@', 2) from disposition p
                                 where p.dossier = f.dossier and p.subject_kind = 'container' limit 1), '') as call
from found f left join dossier d on d.id = f.dossier left join told t on t.id = f.dossier
order by f.dossier limit 20

-- name: containers
select dossier, key, number, seal, lot, lines, dangerous, standing
from objects_told(%(dossiers)s)
where kind = 'container'
union all
select p.dossier, p.subject_key, p.number, '', p.lot, '', false, 'counts'
from disposition p
where p.dossier = any (%(dossiers)s) and p.subject_kind = 'container'
  and not exists (select from dossier_object o
                  where (o.dossier, o.kind, o.key) = (p.dossier, 'container', p.subject_key))
union all
select t.id, b.key, b.number, '', false, '', false, 'counts'
from dossiers_told(%(dossiers)s) t cross join unnest(t.keys, t.numbers) as b (key, number)
where not exists (select from disposition p
                  where (p.dossier, p.subject_kind, p.subject_key) = (t.id, 'container', b.key))
  and not exists (select from dossier_object o where (o.dossier, o.kind, o.key) = (t.id, 'container', b.key))
order by 1, 3 limit 2000

-- name: conveyances
-- As these dossiers name them: thousands of others may be on the same ship.
select key, number
from dossier_object
where dossier = any (%(dossiers)s) and kind = 'conveyance' and key = any (%(calls)s)
union
select call, conveyance from dossiers_told(%(dossiers)s) where conveyance <> ''

-- name: addressed
select distinct j.dossier, d.partner
from dossier_document j join document d on d.submission_id = j.submission_id
where j.dossier = any (%(dossiers)s) and d.partner is not null

-- name: agencies
select id, partner, seal, name_zh, name_en from party where kind = 'agency' and partner is not null order by id

-- name: dispositions
select dossier, subject_kind, subject_key, number, lot, version, kind, agencies, missing, used, changed_at
from disposition
where dossier = any (%(dossiers)s) or (subject_kind = 'conveyance' and subject_key = any (%(calls)s))

-- name: passes
select key, number, releases_of_pass(key) as releases, version, issued_at, valid_until, revoked_at, used_at, gate,
       suspended
from gate_pass where key = any (%(keys)s)

-- name: waiting
select key, why from passes_waited_for(%(keys)s)

-- name: releases
select dossier, number, version, issued_at, valid_until, revoked_at, revoked_for
from release where dossier = any (%(dossiers)s) order by dossier, version desc limit 500

-- name: ending
-- Releases in force that end until then, and the containers on each.
select dossier, boxes_of_release(number) as boxes
from release where dossier = any (%(dossiers)s) and revoked_at is null and valid_until <= %(until)s limit 500

-- name: orders_of
-- The newest order of each subject of some dossiers.
select distinct on (dossier, subject_kind, subject_key)
       id, number, dossier, subject_kind, subject_key, state, conclusion, appointed_at, place
from inspection_order
where dossier = any (%(dossiers)s) or (subject_kind in ('conveyance', 'container') and subject_key = any (%(shared)s))
order by dossier, subject_kind, subject_key, opened_at desc, id desc

-- name: parts_of
select inspection_order, agency, standing, conclusion, concluded_by
from inspection_part where inspection_order = any (%(orders)s) and standing <> 'withdrawn'
order by inspection_order, agency

-- name: moments_of
-- When an order reached each state, of the journal; the last time, where an appointment was called off between.
select verb, max(at) as at
from journal_entry
where submission_id = %(dossier)s and subject_kind = 'inspection' and subject_id = %(order)s
group by verb limit 40

-- name: history_of
-- What was done to an order and by whom, of the journal.
select verb, at, actor_kind, actor_id, actor_name, content
from journal_entry
where submission_id = %(dossier)s and subject_kind = 'inspection' and subject_id = %(order)s
order by at, id limit 60

-- name: moments_of_nobodys
-- The same of an order that belongs to no submission: on a conveyance, or a container that several share.
select verb, max(at) as at
from journal_entry
where subject_kind = 'inspection' and submission_id is null and subject_id = %(order)s
group by verb limit 40

-- name: history_of_nobodys
select verb, at, actor_kind, actor_id, actor_name, content
from journal_entry
where subject_kind = 'inspection' and submission_id is null and subject_id = %(order)s
order by at, id limit 60

-- name: inside
-- Of orders on a container that several consignments share: those in it that the viewer may read.
with shared as materialized (
  select i.id as "order", p.dossier
  from inspection_order i join disposition p
    on (p.subject_kind, p.subject_key) = ('container', i.subject_key)
  where i.id = any (%(orders)s) and i.subject_kind = 'container'
    and i.dossier = '00000000-0000-0000-0000-000000000000'
)
select s."order", d.id as dossier, d.name from shared s join dossier d on d.id = s.dossier
union
select s."order", t.id, t.name
from dossiers_told((select coalesce(array_agg(distinct dossier), '{}') from shared)) t
join shared s on s.dossier = t.id
order by 3, 2 limit 1000

-- name: asked_for
-- The instructions that an order rests on, by what its parts call them. What an agency received it
-- under is the basis of that day; notices about orders and releases come after what is declared.
select i.agency, i.channel, i.id, i.version, i."order", i.method, i.items, i.basis, i.text, i.at,
       (select array[s.legal_basis, s.legal_basis_en] from subscription s
        where s.receiver = i.agency and s.valid_from <= (i.at at time zone 'Asia/Shanghai')::date
        order by s.source_kind in ('inspection_orders', 'composite_releases', 'gate_passes'), s.valid_from desc, s.id
        limit 1) as receiving_basis
from unnest(%(agencies)s::text[], %(channels)s::text[], %(ids)s::text[], %(versions)s::bigint[])
     as named (agency, channel, id, version)
join instruction i using (agency, channel, id, version)
order by i.agency, i.at limit 60

-- name: about
-- A submission of the dossier that the viewer may open: the one that opened it goes first.
select submission_id from (
  select submission_id from document where submission_id = %(dossier)s
  union
  select submission_id from dossier_document where dossier = %(dossier)s
  union
  select id from dossiers_told(array[%(dossier)s]::uuid[])
) known
order by submission_id <> %(dossier)s, submission_id limit 1

-- name: named
-- What people call the consignments that orders are about, where they may read them.
select id, name from dossier where id = any (%(dossiers)s)
union
select id, name from dossiers_told(%(dossiers)s)

-- name: asked
select id, verb, arguments, asked_at, applied_at, problems from coordination_request where id = %(id)s

-- name: of_firms
select id, name_zh, name_en, seal from party where id = any (%(ids)s)

-- name: parties_named
-- Those to a consignment, and whose names are public.
select id, name_zh, name_en from parties_named(array[%(dossier)s]::uuid[]) where id = any (%(ids)s)
union
select id, name_zh, name_en from party where id = any (%(ids)s)

-- name: code_of
select code from party where id = %(party)s

-- name: partner_of
select partner from party where id = %(party)s and partner is not null

-- name: box_of
select seal, lines, dangerous
from objects_told(%(dossiers)s) where kind = 'container' and number = %(number)s and standing <> 'ended' limit 200

-- name: own_instructions
-- What was given on a screen and still counts (algebra.effective): the newest version of each, but no order that a
-- later release of an officer ended, or that was carried out.
with newest as materialized (
  select distinct on (agency, id) agency, id, version, dossier, "order", subject_kind, subject_key, method, items,
         basis, text, withdrawn, at, origin
    from instruction
   where dossier = any (%(dossiers)s) and channel = 'screen' and agency = any (%(agencies)s)
   order by agency, id, version desc)
select n.*
  from newest n
 where not n.withdrawn
   and not exists (
     select from newest r
      where r."order" = 1 and not r.withdrawn and position('@' in r.id) = 0 and n."order" > 1 and r.version > n.version
        and (r.agency, r.dossier, r.subject_kind, r.subject_key)
          = (n.agency, n.dossier, n.subject_kind, n.subject_key)
        and r.origin is not distinct from n.origin)
   and not exists (
     select from execution e
      where (e.agency, e.channel, e.id, e.version) = (n.agency, 'screen', n.id, n.version)
        and e.subject_key = n.subject_key)
 order by n.at desc limit 200

-- name: bases_of
-- What an agency's officers have lately rested an order of theirs on.
select basis from instruction where agency = %(agency)s and channel = 'screen' and basis <> ''
order by received_at desc limit 50

-- name: lanes
select partner, unfetched_since, fetched_at, case when disconnected then paused_at end as disconnected_at
  from lane where partner = any(%(partners)s) order by partner

-- name: pulse
select case when isfinite(at) then at end as at from coordination_pulse
