-- Who minds the lanes: the operator every one, an agency its own. What went wrong on a wire is theirs alone.

-- Since when a counterpart has not answered; changed_at moves with every further failure.
alter table lane add column since timestamptz,
  -- Whether what the partner has for us is fetched: since when it is not, why, when it was last; and since when whoever
  -- minds the lane was told that it is not.
  add column fetch_failures int not null default 0, add column fetch_problem text not null default '',
  add column unfetched_since timestamptz, add column fetched_at timestamptz, add column unheard_told timestamptz,
  -- Who has paused it, since when and why.
  add column paused_at timestamptz, add column paused_by text, add column paused_for text,
  -- That rest is for good: whoever runs the platform does not speak with this partner any more.
  add column disconnected boolean not null default false check (not disconnected or paused_at is not null),
  add constraint lane_paused_check check (case when paused_at is null then paused_by is null and paused_for is null
                                               else char_length(btrim(paused_for)) between 1 and 500 end);

-- What a lane carried, minute by minute, for the last day: a ring of 1,440 rows a partner.
create table lane_minute (
  partner     text        not null,
  slot        smallint    not null check (slot between 0 and 1439),
  minute      timestamptz not null,
  sent        int         not null default 0,     -- messages the partner took
  failed      int         not null default 0,     -- tries that failed, messages
  answered    int         not null default 0,     -- receipts that came back
  answered_at timestamptz,
  primary key (partner, slot)
) with (fillfactor = 70);
alter table lane_minute enable row level security;
alter table lane_minute force row level security;
create policy component on lane_minute using (partner = (select component()));
grant select, insert, update on lane_minute to sw_component;

create function lane_counted(of_partner text, at timestamptz, more_sent int, more_failed int, more_answered int)
  returns void language sql as $$
  insert into lane_minute as m (partner, slot, minute, sent, failed, answered, answered_at)
  values (of_partner, (floor(extract(epoch from at))::bigint / 60 % 1440)::smallint, date_trunc('minute', at),
          more_sent, more_failed, more_answered, case when more_answered > 0 then at end)
  on conflict (partner, slot) do update
     set sent = excluded.sent + case when m.minute = excluded.minute then m.sent else 0 end,
         failed = excluded.failed + case when m.minute = excluded.minute then m.failed else 0 end,
         answered = excluded.answered + case when m.minute = excluded.minute then m.answered else 0 end,
         answered_at = coalesce(excluded.answered_at, case when m.minute = excluded.minute then m.answered_at end),
         minute = excluded.minute
  $$;
revoke execute on function lane_counted(text, timestamptz, int, int, int) from public;
grant execute on function lane_counted(text, timestamptz, int, int, int) to sw_component;

-- Few are dead, and they are looked for among many.
create index outbox_dead on outbox (partner, seq) where state = 1;
create index inbox_dead on inbox (partner, id) where state = 1;

-- The words of a wire (hosts, exceptions) are no trader's: pages of theirs cannot read these columns.
revoke select on outbox, lane from sw_web;
grant select (seq, submission_id, message, partner, order_key, state, ready_at, leased_until, attempts, viewers)
  on outbox to sw_web;
grant select (partner, breaker, failures, probe_at, since, changed_at, fetch_failures, unfetched_since, fetched_at)
  on lane to sw_web;

-- Narrow openings through row-level security: functions of the owner, each asking who minds the lane.
create policy openings on outbox to sw_owner using (true) with check (true);
create policy openings on inbox to sw_owner using (true) with check (true);
create policy openings on message for select to sw_owner using (true);
create policy openings on lane for select to sw_owner using (true);
create policy openings on lane_minute for select to sw_owner using (true);

-- The command line on the machine speaks for the operator.
create function minds_all() returns boolean language sql stable
  security definer set search_path = sw, pg_temp as $$
  select session_user = 'sw_engine' or exists (select from platform_operator where id = any (viewing()))
  $$;
create function minded() returns text[] language sql stable
  security definer set search_path = sw, pg_temp as $$
  select coalesce(array_agg(known.partner order by known.partner), '{}')
    from (select partner from party where partner is not null and (id = any (viewing()) or minds_all())
          union select partner from lane where minds_all()
          union select receiver from subscription where minds_all()) known (partner)
  $$;

-- Whom the journal tells of what is done to a lane and to what it carries: the operator and the partner's own.
create function lane_people(of_partner text) returns int[] language sql stable
  security definer set search_path = sw, pg_temp as $$
  select array(select id from party where partner = of_partner union select id from platform_operator order by id)
  $$;

-- Every lane minded, with what it carried since a moment. Counts stop at a bound.
create function lanes_minded(since_minute timestamptz, most int)
  returns table (partner text, breaker text, failures int, problem text, probe_at timestamptz, since timestamptz,
                 fetch_failures int, fetch_problem text, unfetched_since timestamptz, fetched_at timestamptz,
                 paused_at timestamptz, paused_by text, paused_for text, disconnected boolean,
                 waiting bigint, oldest_at timestamptz, dead bigint, dead_since timestamptz, unread bigint,
                 answered_at timestamptz, minutes json)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select p.partner, lane.breaker, lane.failures, case when minds_all() then lane.problem end,
         lane.probe_at, lane.since, lane.fetch_failures, case when minds_all() then lane.fetch_problem end,
         lane.unfetched_since, lane.fetched_at, lane.paused_at, lane.paused_by, lane.paused_for,
         coalesce(lane.disconnected, false),
         (select count(*) from (select from outbox o where o.partner = p.partner and o.state = 0 limit most) w),
         (select m.created_at
            from (select submission_id, message from outbox o
                   where o.partner = p.partner and o.state = 0 order by seq + 0 limit 1) o
            join message m on m.submission_id = o.submission_id and m.id = o.message),
         (select count(*) from (select from outbox o where o.partner = p.partner and o.state = 1 limit most) d),
         (select m.created_at
            from (select submission_id, message from outbox o
                   where o.partner = p.partner and o.state = 1 order by seq limit 1) o
            join message m on m.submission_id = o.submission_id and m.id = o.message),
         (select count(*) from (select from inbox i where i.partner = p.partner and i.state = 1 limit most) u),
         (select max(n.answered_at) from lane_minute n where n.partner = p.partner),
         (select coalesce(json_agg(json_build_array(extract(epoch from minute)::bigint / 60, sent, failed, answered)
                                   order by minute), '[]')
            from lane_minute n where n.partner = p.partner and minute >= since_minute)
    from unnest(minded()) p (partner)
    left join lane on lane.partner = p.partner
   order by p.partner
  $$;

-- Dead letters of notices that somebody who minds the lane takes for settled: who, when and why. Written and read by
-- what follows alone.
create table letter_aside (
  seq        bigint      primary key,             -- its number in the outbox
  at         timestamptz not null,
  actor_kind text        not null,
  actor_id   text        not null,
  actor_name text        not null,
  reason     text        not null check (char_length(btrim(reason)) between 1 and 500),
  taken_at   timestamptz                          -- when the worker took note, of a declaration's document
);
create index letter_aside_untaken on letter_aside (seq) where taken_at is null;
alter table letter_aside enable row level security;
alter table letter_aside force row level security;
create policy openings on letter_aside to sw_owner using (true) with check (true);
grant select (seq, at, reason, taken_at), update (taken_at) on letter_aside to sw_engine;

-- What still lies in the outbox. A view of the owner's that nobody else reads but through the two functions.
create view letter as
  select o.seq, o.partner, m.kind, m.message_id, m.reference, o.submission_id, o.message, o.attempts, o.state,
         case when (select minds_all()) then o.problem end as problem,
         o.ready_at, o.leased_until, m.created_at, m.digest, m.viewers, a.at as aside_at, a.actor_name as aside_by,
         a.reason as aside_for
    from outbox o
    join message m on m.submission_id = o.submission_id and m.id = o.message
    left join letter_aside a on a.seq = o.seq;
-- Of the lanes minded, or one of them, oldest first, those after a number; lane by lane, so that an index serves
-- each.
create function letters_minded(of_partner text, in_state int, beyond bigint, most int) returns setof letter
  language sql stable security definer set search_path = sw, pg_temp as $$
  select l.*
    from unnest(minded()) p (partner)
   cross join lateral (
     (select * from letter w
       where in_state = 0 and w.partner = p.partner and w.state = 0 and w.seq + 0 > beyond order by w.seq + 0 limit most)
     union all
     (select * from letter d
       where in_state = 1 and d.partner = p.partner and d.state = 1 and d.seq > beyond order by d.seq limit most)) l
   where of_partner is null or p.partner = of_partner
   order by l.seq
   limit most
  $$;
create function letter_minded(one bigint) returns setof letter
  language sql stable security definer set search_path = sw, pg_temp as
  $$ select * from letter where seq = one and partner = any ((select minded())::text[]) $$;

-- Those laid aside, the last first.
create function letters_aside(of_partner text, before bigint, most int) returns setof letter
  language sql stable security definer set search_path = sw, pg_temp as $$
  select l.*
    from letter_aside a
    join letter l on l.seq = a.seq
   where a.seq < before and l.state = 2 and l.partner = any ((select minded())::text[])
     and (of_partner is null or l.partner = of_partner)
   order by a.seq desc
   limit most
  $$;
-- A dead letter waits for nobody any more. What the platform tells on its own account (its message is its own submission)
-- is over with that; a declaration's document the worker takes note of, as one that came back.
create function letter_lay_aside(one bigint, why text, kind text, who text, name text, moment timestamptz)
  returns table (seq bigint, partner text, submission_id uuid, message uuid, viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  with laid as (
    update outbox o set state = 2
     where o.seq = one and o.state = 1 and o.partner = any ((select minded())::text[])
    returning o.seq, o.partner, o.submission_id, o.message, o.viewers
  ), kept as (
    insert into letter_aside (seq, at, actor_kind, actor_id, actor_name, reason, taken_at)
    select laid.seq, moment, kind, who, name, why, case when laid.submission_id = laid.message then moment end
      from laid
  )
  select laid.seq, laid.partner, laid.submission_id, laid.message, laid.viewers from laid
  $$;

-- Dead letters of one partner that bear the same reason, gathered; an agency is not told reasons apart.
create function reasons_minded(most int)
  returns table (partner text, problem text, number bigint, first bigint, since timestamptz)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select d.partner, case when (select minds_all()) then d.problem end as reason, count(*), min(d.seq),
         min(m.created_at)
    from (select o.seq, o.partner, o.problem, o.submission_id, o.message
            from outbox o where o.state = 1 and o.partner = any ((select minded())::text[]) order by seq limit most) d
    join message m on m.submission_id = d.submission_id and m.id = d.message
   group by d.partner, reason
   order by count(*) desc, min(d.seq)
  $$;

-- The bytes of one: its own people may read them; the operator those of a dead letter, and it is on record.
create function letter_bytes(one bigint) returns bytea language sql stable
  security definer set search_path = sw, pg_temp as $$
  select m.payload
    from outbox o join message m on m.submission_id = o.submission_id and m.id = o.message
   where o.seq = one and o.partner = any ((select minded())::text[]) and (m.viewers && viewing() or o.state > 0)
  $$;

-- Who last sent a dead letter again or let an answer be applied once more, and when: for whoever comes to it later
-- from a list of before. Read and written by the functions below alone.
create table letter_again (
  seq           bigint      primary key,          -- its number in the outbox
  submission_id uuid        not null,
  message       uuid        not null,
  at            timestamptz not null,
  actor_name    text        not null
);
create table answer_again (
  answer     bigint      primary key,             -- its number in the inbox
  at         timestamptz not null,
  actor_name text        not null
);
alter table letter_again enable row level security;
alter table letter_again force row level security;
alter table answer_again enable row level security;
alter table answer_again force row level security;
create policy openings on letter_again to sw_owner using (true) with check (true);
create policy openings on answer_again to sw_owner using (true) with check (true);

-- Dead letters start again from nothing. Those named, a notice's laid aside or not, or those of one partner with one
-- reason. One that could not be written has nothing to send: it stays dead until the worker, told by the journal, has
-- written it anew.
create function letters_again(those bigint[], alike bigint, most int, name text, moment timestamptz)
  returns table (seq bigint, partner text, submission_id uuid, message uuid, viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  with again as (
    update outbox o
       set (state, attempts, ready_at, problem) = (
         select case when m.payload = '' then 1 else 0 end, 0, now(), case when m.payload = '' then o.problem else '' end
           from message m where m.submission_id = o.submission_id and m.id = o.message)
     where o.state > 0 and ((select minds_all()) or o.partner = any ((select minded())::text[]))
       and o.seq in (select d.seq from outbox d
                      where (d.state = 1 or d.state = 2 and d.submission_id = d.message) and (d.seq = any (those)
                         or d.state = 1
                        and exists (select from outbox l
                                     where l.seq = alike and l.state = 1 and l.partner = d.partner
                                       and (l.problem = d.problem or not (select minds_all()))))
                      order by d.seq limit most for update)
    returning o.seq, o.partner, o.submission_id, o.message, o.viewers
  ), kept as (
    insert into letter_again as k (seq, submission_id, message, at, actor_name)
    select a.seq, a.submission_id, a.message, moment, name from again a
    on conflict on constraint letter_again_pkey do update set at = excluded.at, actor_name = excluded.actor_name
  ), forgotten as (
    delete from letter_aside s using again a where s.seq = a.seq
  )
  select a.seq, a.partner, a.submission_id, a.message, a.viewers from again a order by a.seq
  $$;
-- One that was sent again, whether it still waits or is with its partner.
create function letter_sent_again(one bigint)
  returns table (seq bigint, partner text, kind text, message_id text, reference text, submission_id uuid,
                 message uuid, created_at timestamptz, digest bytea, again_at timestamptz, again_by text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select a.seq, m.partner, m.kind, m.message_id, m.reference, m.submission_id, m.id, m.created_at, m.digest,
         a.at, a.actor_name
    from letter_again a
    join message m on m.submission_id = a.submission_id and m.id = a.message
   where a.seq = one and m.partner = any ((select minded())::text[])
  $$;

-- Answers nobody could read or apply; those whose reading was good may be applied again.
create function answers_minded(one bigint, most int)
  returns table (id bigint, partner text, source text, problem text, again boolean, received_at timestamptz,
                 digest bytea)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select i.id, i.partner, case when minds_all() then i.source end, case when minds_all() then i.problem end,
         i.attempts > 0, i.received_at, i.digest
    from inbox i
   where i.state = 1 and i.partner = any ((select minded())::text[]) and (one is null or i.id = one)
   order by i.id
   limit most
  $$;
create function answer_bytes(one bigint) returns bytea language sql stable
  security definer set search_path = sw, pg_temp as
  $$ select raw from inbox i where i.id = one and i.state = 1 and i.partner = any ((select minded())::text[]) $$;
create function answers_again(those bigint[], name text, moment timestamptz)
  returns table (id bigint, partner text, digest bytea, viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  with again as (
    update inbox i set state = 0, problem = ''
     where i.id = any (those) and i.state = 1 and i.attempts > 0 and i.partner = any ((select minded())::text[])
    returning i.id, i.partner, i.digest
  ), kept as (
    insert into answer_again as k (answer, at, actor_name) select a.id, moment, name from again a
    on conflict on constraint answer_again_pkey do update set at = excluded.at, actor_name = excluded.actor_name
  )
  select a.id, a.partner, a.digest, lane_people(a.partner) from again a
  $$;
-- One that was applied once more, and waits for nobody.
create function answer_applied_again(one bigint)
  returns table (id bigint, partner text, received_at timestamptz, digest bytea, applied boolean,
                 again_at timestamptz, again_by text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select i.id, i.partner, i.received_at, i.digest, i.state = 2, a.at, a.actor_name
    from answer_again a
    join inbox i on i.id = a.answer
   where a.answer = one and i.state in (0, 2) and i.partner = any ((select minded())::text[])
  $$;

revoke execute on function minds_all(), minded(), lane_people(text), lanes_minded(timestamptz, int),
  letters_minded(text, int, bigint, int), letter_minded(bigint), reasons_minded(int), letter_bytes(bigint),
  letters_again(bigint[], bigint, int, text, timestamptz), letter_sent_again(bigint), answers_minded(bigint, int),
  answer_bytes(bigint), answers_again(bigint[], text, timestamptz), answer_applied_again(bigint),
  letters_aside(text, bigint, int), letter_lay_aside(bigint, text, text, text, text, timestamptz)
  from public;
grant execute on function lane_people(text) to sw_engine;
grant execute on function minds_all(), minded(), lanes_minded(timestamptz, int),
  letters_minded(text, int, bigint, int), letter_minded(bigint), reasons_minded(int), letter_bytes(bigint),
  letters_again(bigint[], bigint, int, text, timestamptz), letter_sent_again(bigint), answers_minded(bigint, int),
  answer_bytes(bigint), answers_again(bigint[], text, timestamptz), answer_applied_again(bigint),
  letters_aside(text, bigint, int), letter_lay_aside(bigint, text, text, text, text, timestamptz)
  to sw_web, sw_engine;
