-- What people and programs ask of the exchange; row-level security answers only what concerns them.

-- name: submission
select id, message_id, digest, received_at, door, format from submission where id = %s

-- name: documents
select d.id, d.partner, d.kind, d.definition_version, d.version, d.title, d.boxes, d.state, d.code, d.changed_at,
       o.attempts, o.state, o.ready_at, l.since, l.paused_at
  from document d
  left join message m on m.submission_id = d.submission_id and m.document_id = d.id and m.version = d.version
  left join outbox o on o.partner = m.partner and o.submission_id = m.submission_id and o.message = m.id
       and (o.state < 2 or d.state_at is null)  -- what was answered arrived after all
  left join lane l on l.partner = o.partner
 where d.submission_id = %s
 order by d.partner nulls first, d.id

-- name: receipts
select document_id, partner, receipt_id, stage, code, outcome, text, facts, at, received_at
  from receipt
 where submission_id = %s
 order by received_at, at, receipt_id
