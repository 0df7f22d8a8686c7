-- Answers laid aside: somebody who minds the lane has seen one that waited for a person and takes it for settled; or
-- what was too large to read was read after all. From then on no gate waits for it.

alter table inbox drop constraint inbox_state_check;
alter table inbox add constraint inbox_state_check check (state in (0, 1, 2, 3));  -- 3 laid aside

-- Who, when and why. Read and written by the functions below alone.
create table answer_aside (
  answer     bigint      primary key,             -- its number in the inbox
  at         timestamptz not null,
  actor_kind text        not null,
  actor_id   text        not null,
  actor_name text        not null,
  reason     text        not null check (char_length(btrim(reason)) between 1 and 500)
);
alter table answer_aside enable row level security;
alter table answer_aside force row level security;
create policy openings on answer_aside to sw_owner using (true) with check (true);

-- A component tells of what it sent, and of what it read after all.
alter policy component on journal_entry
  with check (actor_kind = 'component' and actor_id = (select component())
              and verb in ('message.sent', 'answer.laid_aside') and submission_id is null and viewers = '{}');

-- Answers that waited or wait for a person. A view of the owner's that nobody else reads but through the functions.
create view answer as
  select i.id, i.partner, case when (select minds_all()) then i.source end as source,
         case when (select minds_all()) then i.problem end as problem,
         i.state = 1 and i.attempts > 0 as again, i.received_at, i.digest, i.state,
         a.at as aside_at, a.actor_name as aside_by, a.reason as aside_for
    from inbox i
    left join answer_aside a on a.answer = i.id
   where i.state in (1, 3);

drop function answers_minded(bigint, int);
-- Of the lanes minded, or one of them, oldest first; lane by lane, so that an index serves each.
create function answers_minded(of_partner text, beyond bigint, most int) returns setof answer
  language sql stable security definer set search_path = sw, pg_temp as $$
  select l.*
    from unnest(minded()) p (partner)
   cross join lateral (
     select * from answer w where w.partner = p.partner and w.state = 1 and w.id > beyond order by w.id limit most) l
   where of_partner is null or p.partner = of_partner
   order by l.id
   limit most
  $$;
create function answer_minded(one bigint) returns setof answer
  language sql stable security definer set search_path = sw, pg_temp as
  $$ select * from answer where id = one and partner = any ((select minded())::text[]) $$;
create or replace function answer_bytes(one bigint) returns bytea language sql stable
  security definer set search_path = sw, pg_temp as
  $$ select raw from inbox i where i.id = one and i.state in (1, 3) and i.partner = any ((select minded())::text[]) $$;

-- One that waits for a person waits no longer.
create function answer_lay_aside(one bigint, why text, kind text, who text, name text, moment timestamptz)
  returns table (id bigint, partner text, digest bytea, viewers int[])
  language sql security definer set search_path = sw, pg_temp as $$
  with laid as (
    update inbox i set state = 3
     where i.id = one and i.state = 1 and i.partner = any ((select minded())::text[])
    returning i.id, i.partner, i.digest
  ), kept as (
    insert into answer_aside (answer, at, actor_kind, actor_id, actor_name, reason)
    select laid.id, moment, kind, who, name, why from laid
  )
  select laid.id, laid.partner, laid.digest, lane_people(laid.partner) from laid
  $$;

-- A component's word that it read what it could not: under the same source, and the inbox must bear it out.
create function answers_read_after_all(sources text[], digests bytea[], why text, name text, moment timestamptz)
  returns table (id bigint, digest bytea)
  language sql security definer set search_path = sw, pg_temp as $$
  with speaker as (
    select substr(session_user, 14) as partner where starts_with(session_user, 'sw_component_')
  ), laid as (
    update inbox d set state = 3
      from speaker, unnest(sources, digests) as came (source, digest), inbox r
     where r.partner = speaker.partner and r.digest = came.digest and r.source = came.source
       and (r.problem = '' or r.attempts > 0)
       and d.partner = speaker.partner and d.state = 1 and d.attempts = 0 and d.source = came.source and d.id < r.id
    returning d.id, d.partner, d.digest
  ), kept as (
    insert into answer_aside (answer, at, actor_kind, actor_id, actor_name, reason)
    select laid.id, moment, 'component', laid.partner, name, why from laid
  )
  select laid.id, laid.digest from laid
  $$;

revoke execute on function answers_minded(text, bigint, int), answer_minded(bigint),
  answer_lay_aside(bigint, text, text, text, text, timestamptz),
  answers_read_after_all(text[], bytea[], text, text, timestamptz)
  from public;
grant execute on function answers_minded(text, bigint, int), answer_minded(bigint),
  answer_lay_aside(bigint, text, text, text, text, timestamptz)
  to sw_web, sw_engine;
grant execute on function answers_read_after_all(text[], bytea[], text, text, timestamptz) to sw_component;
