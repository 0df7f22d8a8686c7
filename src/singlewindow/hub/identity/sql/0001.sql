-- Parties, people, roles, mandates, tokens (K02). A viewer is the set of parties one may read for.

create table party (
  id           int  generated always as identity primary key,
  kind         text not null check (kind in ('firm', 'agency', 'individual', 'operator', 'platform')),
  code         text not null unique collate "C",  -- USCC (GB 32100) of a firm, short name of an agency
  partner      text unique,                       -- the component that speaks for it, if any
  name_zh      text not null,
  name_en      text not null,
  seal         text not null default '',          -- one character, for agencies and operators
  customs_code text not null default '',          -- 10 digits of the registration with customs
  merged_into  int  references party,             -- an agency may be merged into another …
  merged_from  date,                              -- … from a day on
  created_at   timestamptz not null default now()
);
-- Who runs the platform, asked here and nowhere else: told of what is nobody else's to decide.
create view platform_operator with (security_invoker = true) as select id from party where kind = 'platform';
create table person (
  id            int  generated always as identity primary key,
  login         text not null unique collate "C",
  name          text not null,
  password_hash text not null,                    -- argon2id
  language      text not null default 'zh-hans',
  active        boolean not null default true,
  failures      smallint not null default 0,      -- sign-ins that failed in a row
  locked_until  timestamptz
);
create table membership (
  person_id int    not null references person,
  party_id  int    not null references party,
  roles     text[] not null,
  primary key (person_id, party_id)
);
-- Who may declare for whom (代理报关委托), checked at submission.
create table mandate (
  id         int  generated always as identity primary key,
  principal  int  not null references party,
  agent      int  not null references party,
  scope      text not null,                       -- document kind
  valid_from date not null,
  valid_to   date not null check (valid_to >= valid_from),
  revoked_at timestamptz
);
create table api_token (
  hash       bytea  primary key check (octet_length(hash) = 32),  -- SHA-256 of the token
  party_id   int    not null references party,
  name       text   not null,
  scopes     text[] not null,
  valid_to   timestamptz,
  revoked_at timestamptz
);
-- What a browser's session holds. The key itself is in the browser only: a copy of this table opens nothing.
create table session (
  key     bytea       primary key check (octet_length(key) = 32),   -- SHA-256
  data    text        not null,
  expires timestamptz not null
);
create index session_expires on session (expires);
grant select, insert, update, delete on session to sw_web;
grant select (expires), delete on session to sw_engine;

alter table party enable row level security;
alter table party force row level security;
alter table person enable row level security;
alter table person force row level security;
alter table membership enable row level security;
alter table membership force row level security;
alter table mandate enable row level security;
alter table mandate force row level security;
alter table api_token enable row level security;
alter table api_token force row level security;

-- Names of agencies and operators are public; a firm is seen by its people and its mandate partners.
create policy read on party for select to sw_web using (
  kind in ('agency', 'operator', 'platform') or id = any ((select viewing())::int[])
  or exists (select from mandate where (principal = party.id and agent = any ((select viewing())::int[]))
                                    or (agent = party.id and principal = any ((select viewing())::int[]))));
create policy read on mandate for select to sw_web
  using (array[principal, agent] && (select viewing()));
create policy read on membership for select to sw_web using (party_id = any ((select viewing())::int[]));
create policy read on api_token for select to sw_web using (party_id = any ((select viewing())::int[]));
grant select on party, mandate, membership to sw_web;
grant select on platform_operator to sw_engine;
grant select (party_id, name, scopes, valid_to, revoked_at) on api_token to sw_web;
grant select, insert, update on party, person, membership, mandate, api_token to sw_engine;
grant delete on membership to sw_engine;

-- Narrow openings through row-level security: functions of the owner, who may read for them alone.
create policy openings on party for select to sw_owner using (true);
create policy openings on person to sw_owner using (true) with check (true);
create policy openings on membership for select to sw_owner using (true);
create policy openings on mandate for select to sw_owner using (true);
create policy openings on api_token for select to sw_owner using (true);

-- Grows with every change of who may do what. A sequence would move before its transaction is seen,
-- so it is a row: its lock makes changes of identity follow one another.
create table identity_change (
  one      boolean primary key default true check (one),
  revision bigint  not null
);
insert into identity_change (revision) values (1);

create function identity_changed() returns trigger language plpgsql
  security definer set search_path = sw, pg_temp as
  $$ begin update identity_change set revision = revision + 1; return null; end $$;
revoke execute on function identity_changed() from public;
create trigger changed after insert or update or delete on party for each statement execute function identity_changed();
create trigger changed after insert or update or delete on membership for each statement execute function identity_changed();
create trigger changed after insert or update or delete on mandate for each statement execute function identity_changed();
create trigger changed after insert or update or delete on api_token for each statement execute function identity_changed();
-- Failed sign-ins are counted in person too, and change nobody's rights.
create trigger changed after insert or delete or update of login, name, password_hash, language, active
  on person for each statement execute function identity_changed();

create function identity_revision() returns bigint language sql stable
  security definer set search_path = sw, pg_temp as
  $$ select revision from identity_change $$;

-- What doors and the worker keep in memory. Dates are of the province, the session's zone is UTC:
-- one day more is kept, the reader compares dates itself.
create function identity_snapshot() returns json language sql stable
  security definer set search_path = sw, pg_temp as $$
  select json_build_object(
    'parties', (select coalesce(json_agg(json_build_object(
        'id', id, 'kind', kind, 'code', code, 'partner', partner, 'name', json_build_array(name_zh, name_en),
        'seal', seal, 'customs_code', customs_code, 'merged_into', merged_into, 'merged_from', merged_from)
        order by id), '[]') from party),
    'mandates', (select coalesce(json_agg(json_build_object(
        'id', id, 'principal', principal, 'agent', agent, 'scope', scope,
        'valid_from', valid_from, 'valid_to', valid_to) order by id), '[]')
      from mandate where revoked_at is null and valid_to >= current_date - 1),
    'tokens', (select coalesce(json_agg(json_build_object(
        'hash', encode(hash, 'hex'), 'party', party_id, 'name', name, 'scopes', scopes, 'valid_to', valid_to)
        order by hash), '[]')
      from api_token where revoked_at is null and (valid_to is null or valid_to > now())))
  $$;

-- Signing in. A record is read by one login at a time; nobody can list people or hashes.
create function sign_in_record(wanted text)
  returns table (id int, name text, language text, hash text, active boolean, failures smallint, locked_until timestamptz)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select person.id, person.name, language, password_hash, active, failures, locked_until
  from person where login = wanted
  $$;

-- Five failures in a row lock for a quarter of an hour. The count need not survive a power cut, and
-- waiting for the disk would tell a known login from an unknown one.
create function sign_in_failed(who int) returns timestamptz language plpgsql
  security definer set search_path = sw, pg_temp as $$
  declare until timestamptz;
  begin
    perform set_config('synchronous_commit', 'off', true);
    update person set
      failures = case when locked_until <= clock_timestamp() then 1 else least(failures + 1, 1000) end,
      locked_until = case
        when locked_until > clock_timestamp() then locked_until
        when locked_until is null and failures + 1 >= 5 then clock_timestamp() + interval '15 minutes'
      end
    where id = who returning locked_until into until;
    return until;
  end $$;
create function sign_in_succeeded(who int) returns void language sql
  security definer set search_path = sw, pg_temp as
  $$ update person set failures = 0, locked_until = null where id = who and (failures <> 0 or locked_until is not null) $$;

-- What a request needs to know of the person behind a session: one row a party, own ones first, then
-- agencies merged into them; one row without party for somebody who belongs to none; none if inactive.
-- The stamp changes with the password, and ends the sessions opened before.
create function person_parties(who int)
  returns table (name text, language text, stamp text, party int, roles text[], partner text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with recursive held (party, roles, depth) as (
    select party_id, membership.roles, 0 from membership where person_id = who and membership.roles <> '{}'
    union all
    select party.id, held.roles, depth + 1 from held join party
      on party.merged_into = held.party and party.merged_from <= (now() at time zone 'Asia/Shanghai')::date and depth < 8
  )
  select person.name, person.language, encode(sha256(convert_to(password_hash, 'UTF8')), 'hex'),
         held.party, held.roles, party.partner
  from person left join held on true left join party on party.id = held.party
  where person.id = who and active
  order by depth, held.party
  $$;

revoke execute on function identity_revision(), identity_snapshot(), sign_in_record(text), sign_in_failed(int),
  sign_in_succeeded(int), person_parties(int) from public;
grant execute on function identity_revision(), identity_snapshot() to sw_intake, sw_engine;
grant execute on function sign_in_record(text), sign_in_failed(int), sign_in_succeeded(int), person_parties(int) to sw_web;
