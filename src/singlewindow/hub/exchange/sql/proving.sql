-- Rows of the ledger beside the journal's entries that tell of them; either side may be missing. Contents are read by
-- the asker: what was tampered with need be no JSON.

-- name: originals
select coalesce(e.submission_id, v.submission_id)::text, e.id, e.content, v.digest, v.original
  from (select id, submission_id, content from journal_entry where verb = 'submission.accepted') e
  full join document_version v on v.submission_id = e.submission_id

-- name: messages
-- A notice that could not be written has no bytes, and nobody was told of it.
select coalesce(m.partner || ' ' || m.message_id, e.subject_id::text), e.id, e.content, m.digest, m.payload
  from (select id, submission_id, subject_id, content
          from journal_entry where verb in ('document.issued', 'notice.issued')) e
  full join (select submission_id, document_id, partner, message_id, digest, payload
               from message where payload <> '') m
    on m.submission_id = e.submission_id and m.document_id = e.subject_id

-- name: receipts
-- Of one document from one partner all together: they are few, and told apart by their numbers.
select coalesce(e.document_id, r.document_id)::text, coalesce(e.partner, r.partner), e.contents, r.rows
  from (select submission_id, subject_id as document_id, actor_id as partner, array_agg(content order by id) as contents
          from journal_entry where verb = 'receipt.received' group by 1, 2, 3) e
  full join (select submission_id, document_id, partner,
                    json_agg(json_build_array(receipt_id, stage, code, outcome, text, facts, at) order by id)::text as rows
               from receipt group by 1, 2, 3) r
    on r.submission_id = e.submission_id and r.document_id = e.document_id and r.partner = e.partner
