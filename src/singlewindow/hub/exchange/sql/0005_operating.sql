-- What people decide about a lane: that it rests, and that its next try is now; and that an answer laid aside waits
-- again after all.

-- Nothing is claimed while it rests; a component may read who paused it and why, and write none of it.
revoke insert, update on lane from sw_component;
grant insert (partner, breaker, failures, problem, probe_at, since, changed_at,
              fetch_failures, fetch_problem, unfetched_since, fetched_at),
      update (breaker, failures, problem, probe_at, since, changed_at,
              fetch_failures, fetch_problem, unfetched_since, fetched_at)
  on lane to sw_component;
-- Traders are told that it rests and since when, not why; gates, that nothing is fetched on purpose.
grant select (paused_at, disconnected) on lane to sw_web;
create policy operating on lane for update to sw_owner using (true) with check (true);

-- A lane whose component ran at least once rests from now on; whom to tell, or nobody if it rests already.
create function lane_pause(one text, why text, name text, moment timestamptz) returns table (viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  update lane l set paused_at = moment, paused_by = name, paused_for = why
   where l.partner = one and l.paused_at is null and l.partner = any ((select minded())::text[])
  returning lane_people(l.partner)
  $$;
create function lane_resume(one text) returns table (viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  update lane l set paused_at = null, paused_by = null, paused_for = null
   where l.partner = one and l.paused_at is not null and not l.disconnected
     and l.partner = any ((select minded())::text[])
  returning lane_people(l.partner)
  $$;
-- Its partner is not spoken with any more, and that nothing is heard of it is no fault; and is spoken with again. Said on
-- the machine, where the file is that says how the partner is reached.
create function lane_disconnect(one text, why text, name text, moment timestamptz) returns table (viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  update lane l set paused_at = moment, paused_by = name, paused_for = why, disconnected = true
   where l.partner = one and not l.disconnected
  returning lane_people(l.partner)
  $$;
create function lane_connect(one text) returns table (viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  update lane l set paused_at = null, paused_by = null, paused_for = null, disconnected = false
   where l.partner = one and l.disconnected
  returning lane_people(l.partner)
  $$;
-- The next try of a lane whose partner does not answer is now. It would be when the breaker lets one through and a
-- message is due: all that waits comes nearer by as much, so that what is tried and in which order stays the same.
-- Where only what the partner has for us does not get here, nothing that is sent changes; the component is woken.
create function lane_probe(one text, moment timestamptz, most int) returns table (viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  with asked as (
    select l.partner, l.probe_at, l.failures > 0 and l.paused_at is null as sends from lane l
     where l.partner = one and (l.failures > 0 and l.paused_at is null or l.fetch_failures > 0 and not l.disconnected)
       and l.partner = any ((select minded())::text[])
       for update
  ), cut as (
    select partner, probe_at from asked where sends
  ), sooner as (
    update lane l set probe_at = least(l.probe_at, moment) from cut where l.partner = cut.partner
  ), waiting as (
    select o.seq, o.partner, o.order_key, o.ready_at
      from cut, outbox o
     where o.partner = cut.partner and o.state = 0
     order by o.seq + 0
     limit most
  ), gap as (
    select greatest(min(w.ready_at), (select probe_at from cut)) - moment as length
      from waiting w
     where not exists (select from outbox e
                        where e.partner = w.partner and e.order_key = w.order_key and e.state < 1
                          and (e.order_key, e.seq) < (w.order_key, w.seq))
  ), nearer as (
    update outbox o set ready_at = o.ready_at - gap.length
      from gap
     where gap.length > interval '0' and o.seq = any (array(select seq from waiting where ready_at > moment))
  )
  select lane_people(asked.partner) from asked
  $$;

-- Those laid aside, the last first.
create function answers_aside(of_partner text, before bigint, most int) returns setof answer
  language sql stable security definer set search_path = sw, pg_temp as $$
  select w.*
    from answer_aside a
    join answer w on w.id = a.answer
   where a.answer < before and w.state = 3 and w.partner = any ((select minded())::text[])
     and (of_partner is null or w.partner = of_partner)
   order by a.answer desc
   limit most
  $$;
-- It waits for a person again, and gates with it; what they let out meanwhile is out.
create function answer_take_up(one bigint) returns table (id bigint, partner text, digest bytea, viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  with taken as (
    update inbox i set state = 1
     where i.id = one and i.state = 3 and i.partner = any ((select minded())::text[])
    returning i.id, i.partner, i.digest
  ), forgotten as (
    delete from answer_aside a using taken where a.answer = taken.id
  )
  select taken.id, taken.partner, taken.digest, lane_people(taken.partner) from taken
  $$;

revoke execute on function
  lane_disconnect(text, text, text, timestamptz), lane_connect(text),
  lane_pause(text, text, text, timestamptz), lane_resume(text), lane_probe(text, timestamptz, int),
  answers_aside(text, bigint, int), answer_take_up(bigint)
  from public;
grant execute on function
  lane_pause(text, text, text, timestamptz), lane_resume(text), lane_probe(text, timestamptz, int),
  answers_aside(text, bigint, int), answer_take_up(bigint)
  to sw_web, sw_engine;
grant execute on function lane_disconnect(text, text, text, timestamptz), lane_connect(text) to sw_engine;
