-- Passwords that were tried in vain, by where the tries came from: a stranger who guesses locks out that place,
-- not the person. An origin is a network address, a device that has signed in before ('device …'), the page of
-- one's own password ('inside'), or all strangers together ('anywhere').
create table sign_in_failure (
  person_id    int         not null references person,
  origin       text        not null collate "C" check (length(origin) between 1 and 64),
  failures     smallint    not null,
  since        timestamptz not null,             -- the first that counts
  locked_until timestamptz,
  primary key (person_id, origin)
);
create index sign_in_failure_since on sign_in_failure (since);
alter table sign_in_failure enable row level security;
alter table sign_in_failure force row level security;
create policy keeping on sign_in_failure to sw_owner using (true) with check (true);
grant select (since), delete on sign_in_failure to sw_engine;
alter table person drop column failures, drop column locked_until;

drop function sign_in_record(text);
create function sign_in_record(wanted text) returns table (id int, hash text, active boolean, stamp text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select person.id, password_hash,
         active and belongs(person.id) and (password_until is null or password_until > now()),
         encode(sha256(convert_to(password_hash, 'UTF8')), 'hex')
  from person where login = wanted
  $$;

create function sign_in_barred(who int, came_from text, known boolean) returns boolean language sql stable
  security definer set search_path = sw, pg_temp as $$
  select exists (select from sign_in_failure where person_id = who and locked_until > clock_timestamp()
                   and (origin = came_from or origin = 'anywhere' and not known))
  $$;
-- One more within the hour; as many as may be lock the origin for a term. A lock that lasts is not lengthened.
create function failure_counted(who int, came_from text, most int, term interval) returns void language sql
  security definer set search_path = sw, pg_temp as $$
  insert into sign_in_failure as f (person_id, origin, failures, since)
  select who, came_from, 1, clock_timestamp()
  on conflict (person_id, origin) do update set
    (failures, since, locked_until) = (
      select case when spent then 1 else f.failures + 1 end, case when spent then excluded.since else f.since end,
             case when not spent and f.failures + 1 >= most then excluded.since + term end
      from (select coalesce(f.locked_until, f.since + interval '1 hour') <= excluded.since as spent) before)
    where f.locked_until is null or f.locked_until <= excluded.since
  $$;
-- Five from one origin lock it for a quarter of an hour; a hundred from anywhere lock all strangers out for an
-- hour. What a locked origin tries counts for nothing, so one place alone never comes near the hundred. The
-- count need not survive a power cut, and waiting for the disk would tell a known login from an unknown one.
drop function sign_in_failed(int);
create function sign_in_failed(who int, came_from text, known boolean) returns void language plpgsql
  security definer set search_path = sw, pg_temp as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  if who is null or sign_in_barred(who, came_from, known) then return; end if;
  perform failure_counted(who, came_from, 5, interval '15 minutes');
  if not known then
    perform failure_counted(who, 'anywhere', 100, interval '1 hour');
  end if;
end $$;
-- Of the count of all strangers nothing is taken back: whoever signs in every morning would help who guesses.
drop function sign_in_succeeded(int);
create function sign_in_succeeded(who int, came_from text) returns void language sql
  security definer set search_path = sw, pg_temp as $$
  delete from sign_in_failure where person_id = who and origin = came_from;
  update person set signed_in_at = now() where id = who
  $$;

create or replace function people_of(of_party int)
  returns table (id int, login text, name text, roles text[], active boolean, ended_at timestamptz,
                 signed_in_at timestamptz, locked_until timestamptz, password_until timestamptz, shared boolean,
                 card text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select p.id, p.login, p.name, m.roles, p.active, m.ended_at, p.signed_in_at,
         (select max(f.locked_until) from sign_in_failure f where f.person_id = p.id and f.locked_until > now()),
         p.password_until,
         exists (select from membership o where o.person_id = p.id and o.party_id <> m.party_id),
         coalesce('…' || right(m.card, 4), '')
    from membership m join person p on p.id = m.person_id
   where m.party_id = of_party and of_party = any (viewing())
   order by m.ended_at is not null or not p.active, p.name, p.id
  $$;
create or replace function password_given(of_party int, who int, new_hash text, until timestamptz) returns boolean
  language sql security definer set search_path = sw, pg_temp as $$
  with given as (
    update person set password_hash = new_hash, password_until = until
     where id = who and of_party = any (viewing())
       and exists (select from membership where person_id = who and party_id = of_party and ended_at is null)
       and not exists (select from membership where person_id = who and party_id <> of_party) returning id
  ), forgiven as (delete from sign_in_failure where person_id in (select id from given))
  select true from given
  $$;
create or replace function password_chosen(who int, old_hash text, new_hash text) returns boolean
  language sql security definer set search_path = sw, pg_temp as $$
  with chosen as (
    update person set password_hash = new_hash, password_until = null where id = who and password_hash = old_hash
    returning id
  ), forgiven as (delete from sign_in_failure where person_id in (select id from chosen))
  select true from chosen
  $$;

-- What of somebody a guesser would try first: their login and name, the names and codes of their parties.
create function own_words(who int) returns text language sql stable
  security definer set search_path = sw, pg_temp as $$
  select concat_ws(' ', p.login, p.name, string_agg(concat_ws(' ', party.code, name_zh, name_en), ' '))
    from person p left join membership m on m.person_id = p.id left join party on party.id = m.party_id
   where p.id = who group by p.id
  $$;

do $$
declare opening regprocedure;
begin
  foreach opening in array array['sign_in_record(text)', 'sign_in_barred(int,text,boolean)',
    'sign_in_failed(int,text,boolean)', 'sign_in_succeeded(int,text)', 'own_words(int)']::regprocedure[]
  loop
    execute format('revoke execute on function %s from public', opening);
    execute format('grant execute on function %s to sw_web', opening);
  end loop;
end $$;
revoke execute on function failure_counted(int, text, int, interval) from public;
