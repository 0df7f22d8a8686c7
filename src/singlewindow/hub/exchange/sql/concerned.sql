-- What a submission is called, who declared, and who forwards the goods.

-- name: submissions
select d.submission_id, d.title, d.party, coalesce(f.id, 0)
  from document d
  left join dossier_document j on j.submission_id = d.submission_id and j.document_id = d.id
  left join dossier o on o.id = j.dossier and o.forwarder <> ''
  left join party f on f.code = o.forwarder
 where d.submission_id = any (%b) and d.partner is null
