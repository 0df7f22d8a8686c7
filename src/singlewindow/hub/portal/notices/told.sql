-- Who was told what, as the viewer may see it.

-- name: of_order
select partner, verb, number, told_at, answer, answered_at
  from notification
 where subject_kind = 'inspection' and subject_id = %(id)s
 order by position desc, partner
 limit 100

-- name: of_consignment
select n.partner, n.verb, n.number, n.told_at, n.answer, n.answered_at
  from notification n
 where n.dossier in (select dossier from dossier_document where submission_id = %(id)s)
 order by n.position desc, n.partner
 limit 100

-- name: boxes
-- In message boxes: of one order, or of the inspections of a submission's dossier and of the containers that it shares,
-- which are few.
select p.name_zh, p.name_en, (array_agg(t.role order by t.at desc))[1], max(t.at), count(*),
       case when bool_and(t.read_at is not null) then max(t.read_at) end
  from (select %(id)s::uuid as id
         union all
        (select id from inspection_order
          where dossier in (select dossier from dossier_document where submission_id = %(id)s) limit 100)
         union all
        (select i.id
           from disposition p join inspection_order i on i.subject_key = p.subject_key and i.subject_kind = 'container'
          where p.dossier in (select dossier from dossier_document where submission_id = %(id)s)
            and p.subject_kind = 'container' and i.dossier = '00000000-0000-0000-0000-000000000000' limit 100)) o
 cross join lateral notice_told(o.id) t join party p on p.id = t.party
 group by p.id, p.name_zh, p.name_en
 order by min(t.at), p.id
 limit 100
