-- What the subscriber says that tells counterparts of orders and releases.

-- name: offices
select id, partner, kind from party where partner is not null or kind = 'platform' order by id

-- name: subscriptions
select receiver, source_kind, document_kind, condition, valid_from, valid_to
  from subscription
 where source_kind = any (%s)

-- name: told_before
select distinct subject_id, partner from notification where subject_kind = 'inspection' and subject_id = any (%b)

-- name: keys
-- Each dossier's containers are looked up by themselves, whatever the tables have grown to.
select asked.dossier, asked.number, o.key
  from unnest(%b::uuid[], %s::text[]) as asked (dossier, number)
 cross join lateral (
   select key from dossier_object
    where dossier = asked.dossier and kind = 'container' and number = asked.number
   offset 0) o
 order by o.key

-- name: copy_document
copy document (submission_id, id, kind, definition_version, version, partner, party, reference, title, boxes,
               changed_at, created_at, viewers) from stdin (format binary)

-- name: copy_message
copy message (submission_id, id, document_id, version, partner, kind, definition_version, message_id, reference,
              digest, payload, created_at, viewers) from stdin (format binary)

-- name: copy_outbox
copy outbox (submission_id, message, partner, order_key, ready_at, viewers) from stdin (format binary)

-- name: copy_notification
copy notification (position, partner, kind, verb, number, subject_kind, subject_id, dossier, message, told_at,
                   viewers) from stdin (format binary)

-- name: wake
select pg_notify('outbox', partner) from unnest(%s::text[]) as partner

-- name: answered
-- The strongest answer stays, in whatever order they come.
update notification n
   set answer = a.outcome, answered_at = a.at
  from unnest(%s::uuid[], %s::int2[], %s::timestamptz[]) as a (message, outcome, at)
 where n.message = a.message and (n.answer is null or n.answer < a.outcome)

-- name: dossiers_told
-- The dossiers that a notice told of and that hold the container; of a shared one, all that still do. A claim that
-- has ended, or waits for a person, learns nothing of where the container is.
select distinct a.n, o.dossier
  from unnest(%s::uuid[], %s::text[]) with ordinality as a (message, number, n)
  join notification t on t.message = a.message
  join dossier_object o on o.kind = 'container' and o.number = a.number and o.standing = 'counts'
   and (o.dossier = t.dossier or (t.dossier is null and o.until is null))
