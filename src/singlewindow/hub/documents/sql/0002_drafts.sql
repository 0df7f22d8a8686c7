-- Drafts (暂存): what somebody has typed and not handed in. One party's own, whoever of it typed.
create table draft (
  id                 uuid        primary key,
  kind               text        not null,
  definition_version text        not null,
  version            int         not null check (version >= 1),  -- counts savings; nobody overwrites unseen
  title              text        not null check (length(title) <= 200),
  entries            int         not null,
  content            bytea       not null check (octet_length(content) <= 4194304),  -- zstd of JSON
  digest             bytea       not null check (octet_length(digest) = 32),
  party              int         not null,
  person             int         not null,
  person_name        text        not null,
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  submission_id      uuid,                                       -- what it became; then it is closed
  mends              uuid,                                       -- the submission whose return it answers
  viewers            int[]       not null check (viewers = array[party])
);
create index draft_open on draft (party, kind, updated_at desc) where submission_id is null;
create index draft_mends on draft (mends) where mends is not null;
create index draft_answers on draft (submission_id) where mends is not null and submission_id is not null;

alter table draft enable row level security;
alter table draft force row level security;
create policy read on draft for select to sw_web using (viewers && (select viewing()));
-- Whoever reads for several parties types, hands in and discards for the one they act for: their rights are of that one.
create policy write on draft for insert to sw_web with check (viewers = array[(select acting())]);
create policy change on draft for update to sw_web
  using (viewers = array[(select acting())]) with check (viewers = array[(select acting())]);
create policy discard on draft for delete to sw_web
  using (submission_id is null and viewers = array[(select acting())]);
grant select, insert, update, delete on draft to sw_web;
grant select (submission_id, mends) on draft to sw_engine;         -- what answers what, and nothing that was typed
