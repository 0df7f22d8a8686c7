-- A restore takes the numbers of releases and inspection orders back to what they were when the backup was made, and the
-- journal, whose positions say which of two notices counts. What was given out since is not known here, but partners hold
-- it, signed: given out again it would name two things, and a revocation would lose to a line from before the loss.
-- So numbers and notices begin beyond all that can have been given out in the time since: 1,000 numbers a second (the
-- platform aims at that many submissions) and 1,000,000 entries of the journal (it numbers 160,000), and a day of it more,
-- as clocks differ. Bound by time and not by a step, so that the same backup restored twice gives nothing out twice either.
-- ``made``: when the backup was begun. The journal's own positions stay without a gap, as its proofs need them.
create function restored(made timestamptz) returns void language sql set search_path = sw, pg_temp as $$
  with since (seconds) as (select 86400 + greatest(ceil(extract(epoch from clock_timestamp() - made)), 0)::bigint)
  select setval('release_number', (select last_value from release_number) + seconds * 1000),
         setval('inspection_number', (select last_value from inspection_number) + seconds * 1000),
         setval('notice_beyond', (select last_value from notice_beyond) + seconds * 1000000)
    from since
  $$;
revoke execute on function restored(timestamptz) from public;
