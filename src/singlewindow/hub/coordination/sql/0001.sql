-- Instructions, what they mean together, inspections, releases, gates (K12, K13, decision 0003).

-- Insert-only: what each agency ordered, in every version.
create table instruction (
  agency       text        not null,                 -- partner
  channel      text        not null check (channel in ('outcome', 'instruction', 'screen')),
  id           text        not null collate "C",     -- the agency's own, or the receipt's
  version      bigint      not null,
  dossier      uuid        not null,
  origin       uuid,                                 -- the document it answers
  "order"      smallint    not null check ("order" between 1 and 4),   -- release, inspect, hold, deny
  subject_kind text        not null                  -- unknown: named by the agency, declared by nobody
                           check (subject_kind in ('conveyance', 'container', 'bill', 'express', 'postal', 'unknown')),
  subject_key  text        not null collate "C",     -- container and call as the dossier names them, else its id
  method       text        not null,
  items        text[]      not null,
  basis        text        not null,
  text         text        not null,
  withdrawn    boolean     not null,
  at           timestamptz not null,                 -- the agency's clock
  received_at  timestamptz not null,                 -- ours
  viewers      int[]       not null,
  primary key (agency, channel, id, version)
);
create index instruction_dossier on instruction (dossier);
create index instruction_container on instruction (subject_key) where subject_kind = 'container';
-- Every consignment of a ship may bring the ship's release; what bars it is rare.
create index instruction_call on instruction (subject_key, agency, version desc) where subject_kind = 'conveyance';
create index instruction_barring on instruction (subject_key) where subject_kind = 'conveyance' and "order" > 1;

-- An inspection that was carried out and found nothing no longer stands in the way.
create table execution (
  agency           text        not null,
  channel          text        not null,
  id               text        not null collate "C",
  version          bigint      not null,
  subject_key      text        not null collate "C", -- what was inspected: of an order on a bill one container
  inspection_order uuid        not null,
  at               timestamptz not null,
  viewers          int[]       not null,
  primary key (agency, channel, id, version, subject_key)
);

-- One row a subject and dossier: the newest version. Earlier ones stand in the journal.
create table disposition (
  dossier      uuid        not null,                 -- nil: a conveyance call, which is nobody's alone
  subject_kind text        not null,
  subject_key  text        not null collate "C",
  number       text        not null collate "C",     -- what people call it by
  lot          boolean     not null,
  version      int         not null,
  kind         text        not null,
  agencies     text[]      not null,                 -- who stands in the way
  missing      text[]      not null,                 -- whose release is missing
  used         text[]      not null,                 -- agency/channel/id/version of each instruction
  changed_at   timestamptz not null,
  viewers      int[]       not null,
  primary key (dossier, subject_kind, subject_key)
) with (fillfactor = 80);
create index disposition_key on disposition (subject_key, subject_kind);

create sequence inspection_number;
create table inspection_order (
  id           uuid        primary key,
  number       text        not null unique,
  dossier      uuid        not null,
  subject_kind text        not null,
  subject_key  text        not null collate "C",
  name         text        not null,                 -- what people call the subject by
  state        text        not null check (state in ('collecting', 'issued', 'scheduled', 'ready', 'in_progress',
                                                     'results', 'consolidated', 'closed', 'cancelled')),
  lead         text        not null,                 -- agency
  method       text        not null,                 -- the strongest asked for
  opened_at    timestamptz not null,
  changed_at   timestamptz not null,
  appointed_at timestamptz,                          -- when it is to take place …
  place        text        not null default '',      -- … and where
  appointed_by int         not null default 0,       -- the party that made the appointment; it alone calls it off
  ready_by     int         not null default 0,       -- the party that said that it stands in the yard …
  started_by   int         not null default 0,       -- … and that it began; each takes its own back
  conclusion   text        not null default '' check (conclusion in ('', 'normal', 'abnormal')),
  viewers      int[]       not null
);
create index inspection_order_subject on inspection_order (subject_kind, subject_key, opened_at);
create index inspection_order_dossier on inspection_order (dossier);
-- Two orders at once for one subject would be the second unstuffing nobody asked for.
create unique index inspection_order_live on inspection_order (dossier, subject_kind, subject_key)
  where state not in ('consolidated', 'closed', 'cancelled');

create table inspection_part (
  inspection_order uuid        not null,
  agency           text        not null,
  standing         text        not null check (standing in ('joined', 'offered', 'withdrawn')),
  method           text        not null,
  asked            smallint    not null,             -- how many items: of what is shared, not all are told to all
  conclusion       text        not null default '' check (conclusion in ('', 'normal', 'abnormal', 'recognised')),
  concluded_at     timestamptz,
  concluded_by     text        not null default '',
  viewers          int[]       not null,
  primary key (inspection_order, agency)
);
-- What a part is made of. Of a thing that several consignments share it is told to those who take part and to those
-- whose goods it came with: the others read that it is inspected, by whom, where, when and how it ended.
create table inspection_need (
  inspection_order uuid        not null,
  agency           text        not null,
  name             text        not null collate "C", -- the instruction's: agency/channel/id/version
  method           text        not null,
  items            text[]      not null,
  viewers          int[]       not null,
  primary key (inspection_order, name)
);
-- Why something was inspected a second time; told like the needs that it began with.
create table inspection_reason (
  inspection_order uuid        primary key,
  reason           text        not null,
  viewers          int[]       not null
);
-- An item that several agencies ask for is recorded once, for all of them; told to whoever reads that it is asked for.
create table inspection_result (
  inspection_order uuid        not null,
  item             text        not null,
  result           text        not null check (result in ('normal', 'abnormal', 'waived')),
  note             text        not null,
  agency           text        not null,
  by               text        not null,
  at               timestamptz not null,
  viewers          int[]       not null,
  primary key (inspection_order, item)
);

create sequence release_number;
create table release (
  id          uuid        primary key,
  number      text        not null unique,
  dossier     uuid        not null,
  version     int         not null,                  -- counts the releases of one dossier
  statement   bytea       not null,                  -- the exact bytes signed
  key_id      text        not null,
  signature   bytea       not null,
  issued_at   timestamptz not null,
  valid_until timestamptz not null,
  revoked_at  timestamptz,
  revoked_for text        not null default '',
  viewers     int[]       not null
);
create index release_dossier on release (dossier, version);
create index release_ends on release (valid_until) where revoked_at is null;

-- What a gate looks up: one row a container within one call, of the releases of all its lots.
create table gate_pass (
  key         text        primary key collate "C",
  number      text        not null collate "C",
  seals       text[]      not null,
  releases    text[]      not null,                  -- numbers
  dossiers    uuid[]      not null,
  version     int         not null,
  issued_at   timestamptz not null,
  valid_until timestamptz not null,
  revoked_at  timestamptz,
  used_at     timestamptz,
  used_by     text        not null default '',
  gate        text        not null default '',
  plate       text        not null default '',
  operators   int[]       not null,                  -- whose gates may use it
  viewers     int[]       not null
) with (fillfactor = 80);
create index gate_pass_number on gate_pass (number);

-- A box that came back as it left: when it had left, whether a release was in force then, and when it came. Its pass
-- tells of its last way out alone.
create table gate_return (
  key      text        not null collate "C",
  number   text        not null collate "C",
  left_at  timestamptz not null,
  released boolean     not null,
  came_at  timestamptz not null,
  viewers  int[]       not null,
  primary key (key, left_at)
);

create table gate_event (
  id       uuid        primary key default gen_random_uuid(),
  at       timestamptz not null,
  gate     text        not null,
  plate    text        not null,
  number   text        not null collate "C",
  seal     text        not null,
  passed   boolean     not null,
  out      boolean     not null,                     -- the release was used, not only looked at
  reasons  jsonb       not null,                     -- [[code, zh, en], …]
  key      text        not null collate "C",
  actor    text        not null,
  taken_at timestamptz,                              -- when the worker wrote the milestone
  viewers  int[]       not null
);
create index gate_event_at on gate_event (at desc);
create index gate_event_number on gate_event (number, at, id);
create index gate_event_out on gate_event (at) where out and taken_at is null;

-- What people asked for on their screens; the worker, the only writer, carries it out.
create table coordination_request (
  id           uuid        primary key,
  verb         text        not null,
  actor_kind   text        not null,
  actor_id     text        not null,
  actor_name   text        not null,
  actor_party  int         not null,
  arguments    jsonb       not null,
  together     uuid,                                 -- what was asked for in one step with others, each by itself
  asked_at     timestamptz not null,
  applied_at   timestamptz,
  problems     jsonb       not null default '[]',
  viewers      int[]       not null,
  bars         boolean     not null default true     -- it may bar something: it goes first, and gates wait for it
);
create index coordination_request_waiting on coordination_request (asked_at, id) where applied_at is null;
create index coordination_request_of on coordination_request (actor_party, bars, asked_at) where applied_at is null;
create index coordination_request_together on coordination_request (together) where together is not null;

-- When coordination last did its work: a gate trusts nothing older than its bound.
create table coordination_pulse (
  one       boolean     primary key default true check (one),
  at        timestamptz not null,
  ends_told timestamptz not null                      -- releases that end until then have been told of
);
insert into coordination_pulse (at, ends_told) values ('-infinity', 'epoch');

alter table instruction enable row level security;
alter table instruction force row level security;
alter table execution enable row level security;
alter table execution force row level security;
alter table disposition enable row level security;
alter table disposition force row level security;
alter table inspection_order enable row level security;
alter table inspection_order force row level security;
alter table inspection_part enable row level security;
alter table inspection_part force row level security;
alter table inspection_need enable row level security;
alter table inspection_need force row level security;
alter table inspection_reason enable row level security;
alter table inspection_reason force row level security;
alter table inspection_result enable row level security;
alter table inspection_result force row level security;
alter table release enable row level security;
alter table release force row level security;
alter table gate_pass enable row level security;
alter table gate_pass force row level security;
alter table gate_return enable row level security;
alter table gate_return force row level security;
alter table gate_event enable row level security;
alter table gate_event force row level security;
alter table coordination_request enable row level security;
alter table coordination_request force row level security;

create policy read on instruction for select to sw_web using (viewers && (select viewing()));
create policy read on execution for select to sw_web using (viewers && (select viewing()));
create policy read on disposition for select to sw_web using (viewers && (select viewing()));
create policy read on inspection_order for select to sw_web using (viewers && (select viewing()));
create policy read on inspection_part for select to sw_web using (viewers && (select viewing()));
create policy read on inspection_need for select to sw_web using (viewers && (select viewing()));
create policy read on inspection_reason for select to sw_web using (viewers && (select viewing()));
create policy read on inspection_result for select to sw_web using (viewers && (select viewing()));
create policy read on release for select to sw_web using (viewers && (select viewing()));
create policy read on gate_pass for select to sw_web using (viewers && (select viewing()));
create policy read on gate_return for select to sw_web using (viewers && (select viewing()));
create policy read on gate_event for select to sw_web using (viewers && (select viewing()));
create policy read on coordination_request for select to sw_web using (viewers && (select viewing()));
-- A gate uses a pass of its own terminal, once, and can change nothing else of it.
create policy use on gate_pass for update to sw_web
  using (operators && (select viewing()) and used_at is null)
  with check (operators && (select viewing()) and used_at is not null);
create policy write on gate_event for insert to sw_web with check (viewers <@ (select viewing()));
create policy ask on coordination_request for insert to sw_web
  with check (actor_kind = 'person' and actor_party = any ((select viewing())::int[]));

grant select on instruction, execution, disposition, inspection_order, inspection_part, inspection_need,
  inspection_reason, inspection_result, release, gate_pass, gate_return, gate_event, coordination_request,
  coordination_pulse to sw_web;
grant update (used_at, used_by, gate, plate) on gate_pass to sw_web;
grant insert (at, gate, plate, number, seal, passed, out, reasons, key, actor, viewers) on gate_event to sw_web;
-- Asked, never answered: what became of it is the worker's to write.
grant insert (id, verb, actor_kind, actor_id, actor_name, actor_party, arguments, together, asked_at, viewers, bars)
  on coordination_request to sw_web;
grant select, insert on instruction, execution, gate_return, inspection_reason to sw_engine;
grant select, insert, update, delete on inspection_need to sw_engine;
grant select, insert, update on disposition, inspection_order, inspection_part, inspection_result, release,
  gate_pass, gate_event, coordination_request, coordination_pulse to sw_engine;
grant usage on sequence inspection_number, release_number to sw_engine;

-- Whoever has goods on a call, or was sent a document about them, reads how the call itself stands: what bars
-- the ship bars the goods. The row's own viewers are only the agencies that spoke of it.
create policy aboard on disposition for select to sw_web using (
  subject_kind = 'conveyance' and dossier = '00000000-0000-0000-0000-000000000000'
  and exists (select from dossier d where d.call = disposition.subject_key));
