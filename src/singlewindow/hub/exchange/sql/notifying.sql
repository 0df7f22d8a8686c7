-- What the subscriber says that tells counterparts of orders and releases.

-- name: offices
select id, partner, kind from party where partner is not null or kind = 'platform' order by id

-- name: beyond
select last_value from notice_beyond

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

-- name: copy_dead
copy outbox (submission_id, message, partner, order_key, state, ready_at, problem, viewers)
  from stdin (format binary)

-- name: copy_notification
copy notification (position, partner, kind, verb, number, subject_kind, subject_id, dossier, message, told_at,
                   viewers) from stdin (format binary)

-- name: unwritten
-- What is to be told of by messages that could not be written: the partner and the journal's entry.
select n.message, n.partner, p.position, e.id, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.actor_party,
       e.subject_kind, e.subject_id, e.submission_id, e.content, e.viewers
  from message m
  join notification n on n.message = m.id
  join journal_position p on p.position = n.position
  join journal_entry e on e.id = p.entry_id
 where m.submission_id = any (%s) and m.id = m.submission_id and m.payload = ''
 order by p.position

-- name: told_after_all
-- The dead letter is gone; who was told what points to the message that told it.
with written as (
  select * from unnest(%s::uuid[], %s::uuid[]) as w (before, after)
), gone as (
  delete from outbox o using written w where o.submission_id = w.before and o.message = w.before
)
update notification n
   set message = w.after, told_at = %s, answer = null, answered_at = null
  from written w
 where n.message = w.before

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
 cross join lateral (  -- by its number alone, however many count while the table is not yet counted
   select dossier, standing, until from dossier_object where number = a.number and kind = 'container' offset 0) o
 where o.standing = 'counts' and (o.dossier = t.dossier or (t.dossier is null and o.until is null))
