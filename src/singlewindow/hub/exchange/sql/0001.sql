-- The ledger of messages (K04, architecture section 3.5): claims, submissions, outbox, inbox, receipts.

-- A message id of a partner takes effect once, for ever. Holds hashes, no business data.
create table claim (
  partner       text        not null collate "C",
  message_id    text        not null collate "C",
  digest        bytea       not null check (octet_length(digest) = 32),
  submission_id uuid        not null,
  at            timestamptz not null,
  primary key (partner, message_id)
);
grant select, insert on claim to sw_intake, sw_engine;

create table submission (
  id          uuid        primary key,
  party       int         not null,
  actor_kind  text        not null,
  actor_id    text        not null,
  actor_name  text        not null,
  door        text        not null,               -- http, portal, folder …
  format      text        not null,
  message_id  text        not null,
  digest      bytea       not null,
  received_at timestamptz not null,
  viewers     int[]       not null
);

-- Every message that went or goes to a partner: the exact bytes, and what they are.
create table message (
  submission_id      uuid        not null,
  id                 uuid        not null,
  document_id        uuid        not null,
  version            int         not null,
  partner            text        not null,
  kind               text        not null,
  definition_version text        not null,
  message_id         text        not null collate "C",   -- as the partner's wire carries it
  reference          text        not null collate "C",   -- as the partner repeats it in receipts
  digest             bytea       not null,
  payload            bytea       not null,               -- zstd of the partner's bytes
  created_at         timestamptz not null,
  viewers            int[]       not null,
  primary key (submission_id, id)
) with (toast_tuple_target = 8160);                      -- most go into a page whole, beside no other table
alter table message alter payload set storage external;  -- compressed already: not tried again
create unique index message_sent on message (partner, message_id);
create index message_reference on message (partner, reference);

-- What is still to be sent. A lane is (partner, order key): an earlier row goes before a later one.
create table outbox (
  seq           bigint      generated always as identity primary key,
  submission_id uuid        not null,
  message       uuid        not null,
  partner       text        not null,
  order_key     text        not null,
  state         smallint    not null default 0 check (state in (0, 1, 2)), -- 0 waiting, 1 dead, 2 laid aside
  ready_at      timestamptz not null,
  leased_until  timestamptz,
  token         bigint      not null default 0,           -- fencing: only the last lease may finish
  attempts      smallint    not null default 0,
  unanswered    smallint    not null default 0,           -- times it went alone and got no usable answer
  batch         uuid,                                     -- what it was last sent in; sent again under the same
  batched_at    timestamptz,
  problem       text        not null default '',
  viewers       int[]       not null
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.01);  -- leased and sent, and no index touched
-- While the planner believes a queue empty, any index is as good to it as another, and walking all of it as cheap as
-- looking one row up. So each question can be answered by one index alone: whose turn it is by an order that only the
-- first has, whether a lane has an earlier one by a condition (state < 1) that does not imply the first's, and by
-- pairs (order_key, seq), which the key cannot compare.
create index outbox_waiting on outbox (partner, (seq + 0)) where state = 0;
create index outbox_lane on outbox (partner, order_key, seq) where state < 1;
create index outbox_submission on outbox (submission_id);
create sequence lease_token;

-- What came back, as it came: one row a file or response, with what the component's codec read in it.
create table inbox (
  id          bigint      generated always as identity primary key,
  partner     text        not null,
  source      text        not null,               -- file name, cursor or request
  digest      bytea       not null,
  raw         bytea       not null,               -- zstd
  receipts    bytea       not null,               -- zstd of JSON: kernel Receipts
  problem     text        not null default '',
  state       smallint    not null default 0 check (state in (0, 1, 2)),  -- 0 waiting, 1 dead letter, 2 applied
  attempts    smallint    not null default 0,
  received_at timestamptz not null,
  waits_for   text[],                             -- names in it under which nothing was sent so far
  unique (partner, digest)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
alter table inbox alter raw set storage external, alter receipts set storage external;
create index inbox_waiting on inbox (id) where state = 0;
create index inbox_unnamed on inbox (partner) where waits_for is not null;

create table receipt (
  submission_id uuid        not null,
  id            bigint      generated always as identity,
  document_id   uuid        not null,
  partner       text        not null,
  receipt_id    text        not null,
  stage         text        not null check (stage in ('transport', 'technical', 'business')),
  code          text        not null,
  outcome       smallint    not null,
  text          text        not null,
  facts         jsonb       not null,
  problems      jsonb       not null,
  at            timestamptz not null,             -- the partner's clock
  received_at   timestamptz not null,             -- ours
  viewers       int[]       not null,
  primary key (submission_id, id)
);

-- One row a component: how its counterpart fares. Written by the component when something changes.
create table lane (
  partner    text        primary key,
  breaker    text        not null default 'closed' check (breaker in ('closed', 'half', 'open')),
  failures   int         not null default 0,
  problem    text        not null default '',
  probe_at   timestamptz,
  changed_at timestamptz not null
);

-- Who receives what, for which purpose and on what legal basis (architecture section 3.4).
create table subscription (
  id             int  generated always as identity primary key,
  receiver       text not null,                   -- partner
  source_kind    text not null,
  document_kind  text not null,
  condition      text not null default '',        -- named condition over the source document
  purpose        text not null,
  legal_basis    text not null,                   -- in Chinese; then in English, for people read it
  legal_basis_en text not null,
  valid_from     date not null,
  valid_to       date,
  unique (receiver, source_kind, document_kind, valid_from)
);
grant select on subscription to sw_web, sw_intake, sw_engine;
grant insert, update on subscription to sw_engine;

alter table submission enable row level security;
alter table submission force row level security;
alter table message enable row level security;
alter table message force row level security;
alter table outbox enable row level security;
alter table outbox force row level security;
alter table inbox enable row level security;
alter table inbox force row level security;
alter table receipt enable row level security;
alter table receipt force row level security;

create policy read on submission for select to sw_web using (viewers && (select viewing()));
create policy read on message for select to sw_web using (viewers && (select viewing()));
create policy read on outbox for select to sw_web using (viewers && (select viewing()));
create policy read on receipt for select to sw_web using (viewers && (select viewing()));

-- A component's role is named after its partner: sw_component_customs sees the rows of customs.
create function component() returns text language sql stable parallel safe as
  $$ select case when starts_with(current_user, 'sw_component_') then substr(current_user, 14) end $$;
grant execute on function component() to public;
create policy component on message for select using (partner = (select component()));
create policy component on outbox using (partner = (select component()));
create policy component on inbox using (partner = (select component()));
create policy component on journal_entry for insert
  with check (actor_kind = 'component' and actor_id = (select component())
              and verb = 'message.sent' and submission_id is null and viewers = '{}');
alter table lane enable row level security;
alter table lane force row level security;
create policy read on lane for select to sw_web using (true);
create policy component on lane using (partner = (select component()));

grant select on submission, message, outbox, receipt, lane to sw_web;
grant insert on submission, message to sw_intake;
grant insert (submission_id, message, partner, order_key, ready_at, viewers) on outbox to sw_intake;
grant select, insert, update, delete on outbox, inbox, lane to sw_engine;
grant select, insert on submission, message, receipt to sw_engine;
grant usage on sequence lease_token to sw_engine;
grant select on message to sw_component;
grant select, delete,
      update (state, ready_at, leased_until, token, attempts, unanswered, batch, batched_at, problem)
  on outbox to sw_component;
grant select, insert (partner, source, digest, raw, receipts, problem, state, received_at)
  on inbox to sw_component;   -- not its number, which may be the next of another partner's answer
grant select, insert, update on lane to sw_component;
grant usage on sequence lease_token to sw_component;
grant insert (at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind, subject_id, submission_id, content, salt,
              leaf, viewers) on journal_entry to sw_component;
