-- What the platform's operator announces to everybody (公告). Nothing is edited: a row is withdrawn, for a reason,
-- and another published.
create table announcement (
  id            uuid        primary key,
  kind          text        not null,            -- announcements.yaml
  title_zh      text        not null,
  title_en      text        not null,
  text_zh       text        not null,            -- plain; blank lines part paragraphs
  text_en       text        not null,
  shown_from    timestamptz not null,
  shown_until   timestamptz check (shown_until > shown_from),  -- null: until it is withdrawn
  stops_at      timestamptz,                     -- of a stop of service: from when …
  resumes_at    timestamptz check (resumes_at > stops_at),     -- … to when
  party         int         not null,            -- in whose name
  published_by  text        not null,
  published_at  timestamptz not null,
  withdrawn_at  timestamptz,
  withdrawn_by  text,
  withdrawn_for text,
  check ((stops_at is null) = (resumes_at is null)),
  check (num_nulls(withdrawn_at, withdrawn_by, withdrawn_for) in (0, 3))
);
create index announcement_newest on announcement (shown_from desc, id desc);
create index announcement_standing on announcement (coalesce(shown_until, 'infinity')) where withdrawn_at is null;

alter table announcement enable row level security;
alter table announcement force row level security;

-- Everybody, signed in or not, reads what has been shown and was not withdrawn; the operator's people read all.
grant select on platform_operator to sw_web;
create policy read on announcement for select to sw_web using (
  (withdrawn_at is null and shown_from <= now())
  or exists (select from platform_operator where id = any ((select viewing())::int[])));
create policy publish on announcement for insert to sw_web with check (
  party = (select acting()) and exists (select from platform_operator where id = (select acting())));
create policy withdraw on announcement for update to sw_web
  using (withdrawn_at is null and exists (select from platform_operator where id = (select acting())))
  with check (withdrawn_at is not null);
grant select on announcement to sw_web;
grant insert (id, kind, title_zh, title_en, text_zh, text_en, shown_from, shown_until, stops_at, resumes_at, party,
              published_by, published_at),
      update (withdrawn_at, withdrawn_by, withdrawn_for) on announcement to sw_web;
