-- What a component says to the data base about its own lane. Row-level security keeps it there.

-- name: claim
-- The head of each lane only: within (partner, order key) an earlier message goes before a later one.
-- What went out together and may have arrived goes out again as it was, all of it and nothing else;
-- attempts are 0 again where a person had it replayed, which is a sending of its own. The sums, the pairs and
-- ``state < 1`` name the index that answers (see there). A lane that somebody has paused gives nothing: asked once,
-- not for each.
with due as materialized (
  select o.seq, case when o.attempts > 0 then o.batch end as batch
    from outbox o
   where not exists (select from lane l where l.partner = %(partner)s and l.paused_at is not null)
     and o.partner = %(partner)s and o.state = 0 and o.ready_at <= now()
     and (o.leased_until is null or o.leased_until < now())
     and ((o.attempts > 0 and o.batch is not null)
          or not exists (select from outbox e
                          where e.partner = o.partner and e.order_key = o.order_key and e.state < 1
                            and (e.order_key, e.seq) < (o.order_key, o.seq)))
   order by o.seq + 0
   limit 1
), ready as (
  select o.seq
    from due, outbox o
   where exists (select from due)  -- else nothing is walked through
     and o.partner = %(partner)s and o.state = 0 and o.ready_at <= now() and o.seq + 0 >= due.seq
     and (o.leased_until is null or o.leased_until < now())
     and case when o.attempts > 0 then o.batch end is not distinct from due.batch
     and (due.batch is not null or o.seq = due.seq or not %(alone)s)
     and (due.batch is not null
          or not exists (select from outbox e
                          where e.partner = o.partner and e.order_key = o.order_key and e.state < 1
                            and (e.order_key, e.seq) < (o.order_key, o.seq)))
   order by o.seq + 0
   limit %(most)s
     for update of o skip locked
), lease as (
  select nextval('lease_token') as token
), leased as (
  update outbox o
     set leased_until = now() + make_interval(secs => %(lease_s)s), attempts = o.attempts + 1,
         token = (select token from lease),
         unanswered = case when o.attempts > 0 then o.unanswered else 0 end,
         batch = case when o.attempts > 0 and o.batch is not null then o.batch else %(batch)s end,
         batched_at = case when o.attempts > 0 and o.batch is not null then o.batched_at else %(at)s end
   where o.seq = any (array(select seq from ready))  -- looked up by it, never joined: the queue is believed empty
  returning o.seq, o.token, o.attempts, o.unanswered, o.batch, o.batched_at, o.submission_id, o.message
)
select leased.seq, leased.token, leased.attempts, leased.unanswered, leased.batch, leased.batched_at,
       m.message_id, m.digest, m.payload
  from leased
  join message m on m.submission_id = leased.submission_id and m.id = leased.message
 order by leased.seq

-- name: take_back
-- Who holds a lane's lock, as long as its connection lives, is the only one who works on it: whatever is leased
-- then was leased by somebody who is gone.
with alone as materialized (
  select pg_try_advisory_lock(7700024, hashtext(%(partner)s)) as held
)
update outbox set leased_until = null
 where exists (select from alone where held) and partner = %(partner)s and state = 0 and leased_until > now()

-- name: split
-- What went out together goes alone from now on, each under an id of its own.
update outbox set batch = n.batch, batched_at = %(at)s
  from unnest(%(seqs)s::bigint[], %(batches)s::uuid[]) as n (seq, batch)
 where outbox.seq = n.seq and outbox.token = %(token)s

-- name: unanswered
update outbox set unanswered = unanswered + 1 where seq = any (%(seqs)s) and token = %(token)s

-- name: held
select seq from outbox where seq = any (%s) and token = %s

-- name: done
-- Only the holder of the last lease may finish: a paused component that wakes late deletes nothing. All of it or
-- nothing, so that what follows in the same statement needs no second look; ``whole`` has one row or none.
with held as materialized (
  select seq from outbox where seq = any (%b) and token = %s for update
), whole as materialized (
  select from held having count(*) = %s
), forgotten as (
  delete from outbox where seq = any (array(select seq from held)) and exists (select from whole)
)

-- name: kept
-- What came back, each answer once; a new one wakes the worker.
kept as (
  insert into inbox (partner, source, digest, raw, receipts, problem, state, received_at)
  select %s, came.*, case when came.problem = '' then 0 else 1 end, %s
    from whole, unnest(%b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::text[])
           as came (source, digest, raw, receipts, problem)
  on conflict do nothing
  returning digest, pg_notify('inbox', '')
), fresh as (
  select coalesce(sum(number), 0)::int as answered
    from kept join unnest(%b::bytea[], %b::int4[]) as came (digest, number) using (digest)
)

-- name: counted
-- For the pages. Last of a transaction's rows: two of them never wait for each other's. Not ``lane_counted``: what
-- is only called in a ``with`` that nobody asks is not carried out.
insert into lane_minute as m (partner, slot, minute, sent, failed, answered, answered_at)
select %s, (floor(extract(epoch from at))::bigint / 60 %% 1440)::smallint, date_trunc('minute', at), done.sent, 0,
       fresh.answered, case when fresh.answered > 0 then at end
  from whole, fresh, (values (%s::int, %s::timestamptz)) as done (sent, at)
 where done.sent > 0 or fresh.answered > 0
on conflict (partner, slot) do update
   set sent = excluded.sent + case when m.minute = excluded.minute then m.sent else 0 end,
       failed = case when m.minute = excluded.minute then m.failed else 0 end,
       answered = excluded.answered + case when m.minute = excluded.minute then m.answered else 0 end,
       answered_at = coalesce(excluded.answered_at, case when m.minute = excluded.minute then m.answered_at end),
       minute = excluded.minute

-- name: postpone
with late as (
  update outbox
     set leased_until = null, ready_at = now() + make_interval(secs => %(wait_s)s), problem = %(problem)s
   where seq = any (%(seqs)s) and token = %(token)s
  returning 1
)
select lane_counted(%(partner)s, now(), 0, count(*)::int, 0) from late

-- name: bury
with dead as (
  update outbox set leased_until = null, state = 1, problem = %(problem)s
   where seq = any (%(seqs)s) and token = %(token)s
  returning 1
)
select lane_counted(%(partner)s, now(), 0, count(*)::int, 0) from dead

-- name: lane
insert into lane (partner, breaker, failures, problem, probe_at, since, changed_at)
values (%(partner)s, %(breaker)s, %(failures)s, %(problem)s, %(probe_at)s,
        case when %(failures)s > 0 then %(at)s end, %(at)s)
on conflict (partner) do update
   set breaker = excluded.breaker, failures = excluded.failures, problem = excluded.problem,
       probe_at = excluded.probe_at, changed_at = excluded.changed_at,
       since = case when excluded.failures > 0 then coalesce(lane.since, excluded.since) end

-- name: unfetched
insert into lane (partner, fetch_failures, fetch_problem, unfetched_since, changed_at)
values (%(partner)s, %(failures)s, %(problem)s, %(at)s, %(at)s)
on conflict (partner) do update
   set fetch_failures = excluded.fetch_failures, fetch_problem = excluded.fetch_problem,
       unfetched_since = coalesce(lane.unfetched_since, excluded.unfetched_since)

-- name: fetched
-- And since when it had failed: before this component was started, perhaps.
with before as materialized (
  select unfetched_since from lane where partner = %(partner)s
), noted as (
  insert into lane (partner, fetched_at, fetch_failures, fetch_problem, changed_at)
  values (%(partner)s, %(at)s, %(failures)s, %(problem)s, %(at)s)
  on conflict (partner) do update
     set fetched_at = excluded.fetched_at, fetch_failures = excluded.fetch_failures,
         fetch_problem = excluded.fetch_problem, unfetched_since = null
)
select unfetched_since from before

-- name: probe_at
select probe_at from lane where partner = %(partner)s

-- name: disconnected
select disconnected from lane where partner = %(partner)s

-- name: unread
-- What came and could not be read, by its source; the oldest first.
select source from inbox where partner = %(partner)s and state = 1 and attempts = 0 order by id limit %(most)s

-- name: read_after_all
select id, digest from answers_read_after_all(%(sources)s, %(digests)s, %(why)s, %(name)s, %(at)s)
