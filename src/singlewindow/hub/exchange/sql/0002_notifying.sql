-- Who was told what by message: one row a journal entry and counterpart, beside the message that told it.
-- One message may tell of many consignments; each consignment's own parties see their own row.
create table notification (
  position     bigint      not null,             -- of the journal entry
  partner      text        not null,             -- who is told
  kind         text        not null,             -- of the document that tells it
  verb         text        not null,
  number       text        not null collate "C", -- of the order or release, as people call it
  subject_kind text        not null,             -- inspection, release
  subject_id   uuid        not null,
  dossier      uuid,                             -- null: a thing that several consignments share
  message      uuid        not null,             -- also the id of its document and of its submission
  told_at      timestamptz not null,
  answer       smallint,                         -- outcome of the counterpart's answer; -1 a dead letter
  answered_at  timestamptz,
  viewers      int[]       not null,
  primary key (position, partner)
) with (fillfactor = 50);                       -- answered, and no index touched
create index notification_message on notification (message);
create index notification_dossier on notification (dossier) where dossier is not null;
create index notification_inspection on notification (subject_id) where subject_kind = 'inspection';

alter table notification enable row level security;
alter table notification force row level security;
create policy read on notification for select to sw_web using (viewers && (select viewing()));
grant select on notification to sw_web;
grant select, insert, update (message, told_at, answer, answered_at) on notification to sw_engine;

-- What is added to a position of the journal where a notice tells it: nothing, until a restore takes positions back that
-- partners were told already (restored() of coordination). A sequence, as it is one number, which a dump carries.
create sequence notice_beyond minvalue 0 start 0;
grant select on sequence notice_beyond to sw_engine;

-- Dead letters that the journal has told of, each once: the token is that of the lease in which it died.
create table dead_letter_told (
  seq   bigint not null,
  token bigint not null,
  at    timestamptz not null,
  primary key (seq, token)
);
grant select, insert on dead_letter_told to sw_engine;
