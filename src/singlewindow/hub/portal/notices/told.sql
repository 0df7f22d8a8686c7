-- Who was told what, as the viewer may see it.

-- name: of_order
select partner, verb, number, told_at, answer, answered_at
  from notification
 where subject_kind = 'inspection' and subject_id = %(id)s
 order by position, partner
 limit 100

-- name: of_consignment
select n.partner, n.verb, n.number, n.told_at, n.answer, n.answered_at
  from notification n
 where n.dossier in (select dossier from dossier_document where submission_id = %(id)s)
 order by n.position desc, n.partner
 limit 100

-- name: boxes
select p.name_zh, p.name_en, min(t.at), max(t.at), count(*)
  from notice_told(%(id)s) t join party p on p.id = t.party
 group by p.id, p.name_zh, p.name_en
 order by min(t.at), p.id
 limit 100
