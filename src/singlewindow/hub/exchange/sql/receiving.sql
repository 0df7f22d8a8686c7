-- What the worker says when it applies answers.

-- name: alone
-- One process applies for all partners; a second waits here until the first is gone.
select pg_advisory_lock(7700023)

-- name: take
-- What waits, as applied already: if it cannot be, the transaction never was.
with taken as (
  update inbox set state = 2, problem = '', waits_for = null
   where id = any (array(select id from inbox where state = 0 order by id limit %b))
  returning id, partner, receipts, received_at)
select id, partner, receipts, received_at from taken order by id

-- name: next
select id, partner, receipts, received_at from inbox where state = 0 order by id limit 1

-- name: about_message
-- What each receipt speaks of, and what was said under its number if it came before.
select asked.n, c.digest, m.submission_id, m.document_id, m.viewers, m.version
  from unnest(%b::text[], %b::text[], %b::text[]) with ordinality as asked (partner, about, receipt, n)
  join message m on m.partner = asked.partner and m.message_id = asked.about
  left join claim c on c.partner = asked.partner and c.message_id = asked.receipt

-- name: about
-- The message each receipt speaks of by another name; a reference that several versions share means the newest.
-- An arm for each key: with an OR the planner would read all messages of the partner.
select asked.n, c.digest, m.submission_id, m.document_id, m.viewers, m.version
  from unnest(%b::text[], %b::text[], %b::text[]) with ordinality as asked (partner, about, receipt, n)
  left join claim c on c.partner = asked.partner and c.message_id = asked.receipt
 cross join lateral (
   (select submission_id, document_id, viewers, version from message
     where partner = asked.partner and reference = asked.about order by version desc limit 1)
   union all  -- or the number the partner itself gave the document in an earlier answer
   (select m.submission_id, m.document_id, m.viewers, m.version
      from document_key k
      join message m on m.submission_id = k.submission_id and m.document_id = k.document_id
     where k.value = asked.about and k.kind = 'unified' and m.partner = asked.partner
     order by m.version desc limit 1)
   order by version desc
   limit 1) m

-- name: copy_claim
copy claim (partner, message_id, digest, submission_id, at) from stdin (format binary)

-- name: copy_receipt
copy receipt (submission_id, document_id, partner, receipt_id, stage, code, outcome, text, facts, problems, at,
              received_at, viewers) from stdin (format binary)

-- name: copy_key
copy document_key (kind, value, submission_id, document_id, viewers) from stdin (format binary)

-- name: applied
update inbox set state = 2, problem = '', waits_for = null where id = %s

-- name: left
update inbox
   set attempts = least(attempts + 1, 32767), problem = %(problem)s, state = %(state)s, waits_for = %(names)s
 where id = %(id)s

-- name: wake
-- What came before the number that it speaks of was known. Mostly nothing waits so.
update inbox set state = 0, problem = '' where waits_for && %s::text[] and state in (1, 2)

-- name: minders
select lane_people(%s)
