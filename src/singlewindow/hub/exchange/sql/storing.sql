-- What ``store`` says to the data base.

-- name: claim
insert into claim (partner, message_id, digest, submission_id, at)
select * from unnest(%b::text[], %b::text[], %b::bytea[], %b::uuid[], %b::timestamptz[])
on conflict do nothing
returning partner, message_id

-- name: earlier
select c.partner, c.message_id, c.digest, c.submission_id, c.at
  from claim c
  join unnest(%b::text[], %b::text[]) as asked (partner, message_id) using (partner, message_id)

-- name: copy_submission
copy submission (id, party, actor_kind, actor_id, actor_name, door, format, message_id, digest, received_at,
                 viewers) from stdin (format binary)

-- name: copy_document
copy document (submission_id, id, kind, definition_version, version, partner, party, reference, title, boxes,
               changed_at, created_at, viewers) from stdin (format binary)

-- name: copy_version
copy document_version (submission_id, document_id, version, definition_version, format, digest, original,
                       content, created_at, viewers, filled) from stdin (format binary)

-- name: copy_key
copy document_key (kind, value, submission_id, document_id, viewers) from stdin (format binary)

-- name: copy_message
copy message (submission_id, id, document_id, version, partner, kind, definition_version, message_id, reference,
              digest, payload, created_at, viewers) from stdin (format binary)

-- name: copy_outbox
copy outbox (submission_id, message, partner, order_key, ready_at, viewers) from stdin (format binary)
