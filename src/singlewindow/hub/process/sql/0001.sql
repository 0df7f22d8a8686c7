-- What people have to do (architecture section 2, process). Where a document stands is kept in its own row.

-- What somebody has to do. Its words are kept as they were said, whatever the workflow becomes.
create table duty (
  submission_id uuid        not null,
  document_id   uuid        not null,            -- the partner's document that asks for it
  version       int         not null,
  code          text        not null,            -- of the workflow: correct, present_goods, pay_tax …
  partner       text        not null,
  role          text        not null,            -- who acts, among the people of the viewers
  kind          text        not null,            -- status kind, for shape and colour
  name_zh       text        not null,            -- the state that asks for it
  name_en       text        not null,
  text_zh       text        not null,            -- what to do
  text_en       text        not null,
  action_zh     text        not null,            -- on the button
  action_en     text        not null,
  reason        text        not null,            -- the partner's own words
  since         timestamptz not null,
  deadline      timestamptz,                     -- null: none is set
  done_at       timestamptz,                     -- null: open
  viewers       int[]       not null,            -- the parties that may act
  primary key (submission_id, document_id, version, code)
) with (fillfactor = 80);
create index duty_open on duty using gin (viewers) where done_at is null;

alter table duty enable row level security;
alter table duty force row level security;
create policy read on duty for select to sw_web using (viewers && (select viewing()));
-- Who may act for a submission answers what was asked of it, by handing it in again.
create policy answer on duty for update to sw_web
  using (viewers && (select viewing()) and done_at is null)
  with check (viewers && (select viewing()) and done_at is not null);
grant select, update (done_at) on duty to sw_web;
grant select, insert, update on duty to sw_engine;
