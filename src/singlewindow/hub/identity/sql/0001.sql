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
grant select (party_id, name, scopes, valid_to, revoked_at) on api_token to sw_web;
grant select, insert, update on party, person, membership, mandate, api_token to sw_engine;

-- Narrow openings through row-level security: functions of the owner, who may read for them alone.
create policy openings on party for select to sw_owner using (true);
create policy openings on person to sw_owner using (true) with check (true);
create policy openings on membership for select to sw_owner using (true);
create policy openings on mandate for select to sw_owner using (true);
create policy openings on api_token for select to sw_owner using (true);
