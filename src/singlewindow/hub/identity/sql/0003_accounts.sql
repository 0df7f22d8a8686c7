-- Accounts kept by the parties themselves: their people, their tokens, their mandates.
-- Pages change nothing directly: they call functions of the owner, each asking for which parties one reads.

-- Set: a password for one sign-in, given by an administrator, good until then; null: the person's own.
alter table person add column password_until timestamptz;
alter table person add column signed_in_at timestamptz;
-- Somebody leaves one party, not the platform.
alter table membership add column ended_at timestamptz;
-- A mandate binds when the agent has accepted it. Those known before were given on paper.
alter table mandate add column accepted_at timestamptz default now();
alter table mandate add column ended_by int references party;
create index mandate_agent on mandate (agent);
create index mandate_principal on mandate (principal);
alter table api_token add column id int generated always as identity unique;
alter table api_token add column issued_at timestamptz not null default now();
alter table api_token add column issued_by text not null default '';
create policy keeping on membership to sw_owner using (true) with check (true);
create policy keeping on mandate to sw_owner using (true) with check (true);
create policy keeping on api_token to sw_owner using (true) with check (true);

create or replace function identity_snapshot() returns json language sql stable
  security definer set search_path = sw, pg_temp as $$
  select json_build_object(
    'parties', (select coalesce(json_agg(json_build_object(
        'id', id, 'kind', kind, 'code', code, 'partner', partner, 'name', json_build_array(name_zh, name_en),
        'seal', seal, 'customs_code', customs_code, 'merged_into', merged_into, 'merged_from', merged_from)
        order by id), '[]') from party),
    'mandates', (select coalesce(json_agg(json_build_object(
        'id', id, 'principal', principal, 'agent', agent, 'scope', scope,
        'valid_from', valid_from, 'valid_to', valid_to) order by id), '[]')
      from mandate where revoked_at is null and accepted_at is not null and valid_to >= current_date - 1),
    'tokens', (select coalesce(json_agg(json_build_object(
        'hash', encode(hash, 'hex'), 'party', party_id, 'name', name, 'scopes', scopes, 'valid_to', valid_to)
        order by hash), '[]')
      from api_token where revoked_at is null and (valid_to is null or valid_to > now())))
  $$;

-- Whoever has left every party they belonged to is as good as inactive.
create function belongs(who int) returns boolean language sql stable
  security definer set search_path = sw, pg_temp as $$
  select not exists (select from membership where person_id = who)
      or exists (select from membership where person_id = who and ended_at is null)
  $$;
create or replace function sign_in_record(wanted text)
  returns table (id int, name text, language text, hash text, active boolean, failures smallint, locked_until timestamptz)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select person.id, person.name, language, password_hash,
         active and belongs(person.id) and (password_until is null or password_until > now()), failures, locked_until
  from person where login = wanted
  $$;
create or replace function sign_in_succeeded(who int) returns void language sql
  security definer set search_path = sw, pg_temp as
  $$ update person set failures = 0, locked_until = null, signed_in_at = now() where id = who $$;

drop function person_parties(int);
create function person_parties(who int)
  returns table (name text, language text, stamp text, party int, roles text[], partner text, once boolean)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with recursive held (party, roles, depth) as (
    select party_id, membership.roles, 0 from membership
     where person_id = who and membership.roles <> '{}' and ended_at is null
    union all
    select party.id, held.roles, depth + 1 from held join party
      on party.merged_into = held.party and party.merged_from <= (now() at time zone 'Asia/Shanghai')::date and depth < 8
  )
  select person.name, person.language, encode(sha256(convert_to(password_hash, 'UTF8')), 'hex'),
         held.party, held.roles, party.partner, password_until is not null
  from person left join held on true left join party on party.id = held.party
  where person.id = who and active and belongs(who)
  order by depth, held.party
  $$;

-- The people of a party one reads for. Shared: they belong to another party too.
create function people_of(of_party int)
  returns table (id int, login text, name text, roles text[], active boolean, ended_at timestamptz,
                 signed_in_at timestamptz, locked_until timestamptz, password_until timestamptz, shared boolean)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select p.id, p.login, p.name, m.roles, p.active, m.ended_at, p.signed_in_at,
         case when p.locked_until > now() then p.locked_until end, p.password_until,
         exists (select from membership o where o.person_id = p.id and o.party_id <> m.party_id)
    from membership m join person p on p.id = m.person_id
   where m.party_id = of_party and of_party = any (viewing())
   order by m.ended_at is not null or not p.active, p.name, p.id
  $$;
-- Those of a party who can sign in and hold one of these roles; their rows stay locked, so that of two who
-- withdraw each other's rights at once, the second sees what the first did.
create function holders(of_party int, wanted text[]) returns setof int language plpgsql
  security definer set search_path = sw, pg_temp as $$
begin
  perform 1 from membership where party_id = of_party and of_party = any (viewing()) order by person_id for update;
  return query
    select p.id from membership m join person p on p.id = m.person_id
     where m.party_id = of_party and of_party = any (viewing()) and m.roles && wanted and m.ended_at is null
       and p.active and (p.password_until is null or p.password_until > now());
end $$;
create function person_admitted(of_party int, new_login text, new_name text, new_hash text, speaks text,
                                new_roles text[], until timestamptz) returns int
  language plpgsql security definer set search_path = sw, pg_temp as $$
declare made int;
begin
  if not of_party = any (viewing()) then return null; end if;
  insert into person (login, name, password_hash, language, password_until)
  values (new_login, new_name, new_hash, speaks, until) on conflict (login) do nothing returning id into made;
  if made is not null then
    insert into membership (person_id, party_id, roles) values (made, of_party, new_roles);
  end if;
  return made;
end $$;
create function roles_given(of_party int, who int, new_roles text[]) returns boolean
  language sql security definer set search_path = sw, pg_temp as $$
  update membership set roles = new_roles
   where person_id = who and party_id = of_party and of_party = any (viewing()) returning true
  $$;
create function membership_ended(of_party int, who int, at timestamptz) returns boolean
  language sql security definer set search_path = sw, pg_temp as $$
  update membership set ended_at = at
   where person_id = who and party_id = of_party and of_party = any (viewing())
     and (ended_at is null) <> (at is null) returning true
  $$;
-- Not of somebody who belongs to another party too: one party must not take over another's account.
create function password_given(of_party int, who int, new_hash text, until timestamptz) returns boolean
  language sql security definer set search_path = sw, pg_temp as $$
  update person set password_hash = new_hash, password_until = until, failures = 0, locked_until = null
   where id = who and of_party = any (viewing())
     and exists (select from membership where person_id = who and party_id = of_party and ended_at is null)
     and not exists (select from membership where person_id = who and party_id <> of_party) returning true
  $$;

-- One's own: the old hash must be known, so that nobody's password is changed by number alone.
create function own_login(who int) returns text language sql stable
  security definer set search_path = sw, pg_temp as $$ select login from person where id = who $$;
create function password_chosen(who int, old_hash text, new_hash text) returns boolean
  language sql security definer set search_path = sw, pg_temp as $$
  update person set password_hash = new_hash, password_until = null where id = who and password_hash = old_hash
  returning true
  $$;
create function language_chosen(who int, tag text) returns boolean
  language sql security definer set search_path = sw, pg_temp as
  $$ update person set language = tag where id = who and language <> tag returning true $$;

create function tokens_of(of_party int)
  returns table (id int, name text, scopes text[], issued_at timestamptz, issued_by text, valid_to timestamptz,
                 revoked_at timestamptz)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select id, name, scopes, issued_at, issued_by, valid_to, revoked_at
    from api_token where party_id = of_party and of_party = any (viewing())
   order by revoked_at is not null, issued_at desc, id
  $$;
-- None where one of that name is in force: a page sent twice makes one token, at once too: of two, the second waits
-- here for the first and its next statement sees what the first did. So it is below where mandates are offered.
create function token_issued(of_party int, new_hash bytea, new_name text, new_scopes text[], until timestamptz,
                             issuer text) returns int
  language sql security definer set search_path = sw, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'api_token', of_party, new_name), 0))
   where of_party = any (viewing());
  insert into api_token (hash, party_id, name, scopes, valid_to, issued_by)
  select new_hash, of_party, new_name, new_scopes, until, issuer
   where of_party = any (viewing())
     and not exists (select from api_token where party_id = of_party and name = new_name and revoked_at is null
                       and (valid_to is null or valid_to > now()))
  returning id
  $$;
create function token_revoked(of_party int, wanted int, at timestamptz) returns table (hash bytea, name text)
  language sql security definer set search_path = sw, pg_temp as $$
  update api_token t set revoked_at = at
   where t.id = wanted and party_id = of_party and of_party = any (viewing()) and revoked_at is null
  returning t.hash, t.name
  $$;

-- A firm by its exact code, so that a mandate can be given; nobody can list firms. Firms alone declare for others.
create function firm_called(wanted text) returns table (id int, name_zh text, name_en text)
  language sql stable security definer set search_path = sw, pg_temp as
  $$ select id, name_zh, name_en from party where code = wanted and kind = 'firm' $$;
create function mandate_offered(by_principal int, to_agent int, of_scope text, first date, last date) returns int
  language sql security definer set search_path = sw, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'mandate', by_principal, to_agent, of_scope), 0))
   where by_principal = any (viewing());
  insert into mandate (principal, agent, scope, valid_from, valid_to, accepted_at)
  select by_principal, to_agent, of_scope, first, last, null
   where by_principal = any (viewing()) and by_principal <> to_agent
     and not exists (select from mandate where principal = by_principal and agent = to_agent and scope = of_scope
                       and revoked_at is null and valid_from <= last and valid_to >= first)
  returning id
  $$;
create function mandate_accepted(by_agent int, wanted int, at timestamptz)
  returns table (principal int, agent int, scope text)
  language sql security definer set search_path = sw, pg_temp as $$
  update mandate m set accepted_at = at
   where m.id = wanted and m.agent = by_agent and by_agent = any (viewing())
     and m.accepted_at is null and m.revoked_at is null
  returning m.principal, m.agent, m.scope
  $$;
create function mandate_ended(by_party int, wanted int, at timestamptz)
  returns table (principal int, agent int, scope text, accepted boolean)
  language sql security definer set search_path = sw, pg_temp as $$
  update mandate m set revoked_at = at, ended_by = by_party
   where m.id = wanted and by_party in (m.principal, m.agent) and by_party = any (viewing()) and m.revoked_at is null
  returning m.principal, m.agent, m.scope, m.accepted_at is not null
  $$;

do $$
declare opening regprocedure;
begin
  foreach opening in array array['person_parties(int)', 'people_of(int)', 'holders(int,text[])',
    'person_admitted(int,text,text,text,text,text[],timestamptz)', 'roles_given(int,int,text[])',
    'membership_ended(int,int,timestamptz)', 'password_given(int,int,text,timestamptz)', 'own_login(int)',
    'password_chosen(int,text,text)', 'language_chosen(int,text)', 'tokens_of(int)',
    'token_issued(int,bytea,text,text[],timestamptz,text)', 'token_revoked(int,int,timestamptz)',
    'firm_called(text)', 'mandate_offered(int,int,text,date,date)', 'mandate_accepted(int,int,timestamptz)',
    'mandate_ended(int,int,timestamptz)']::regprocedure[]
  loop
    execute format('revoke execute on function %s from public', opening);
    execute format('grant execute on function %s to sw_web', opening);
  end loop;
end $$;
revoke execute on function belongs(int) from public;
