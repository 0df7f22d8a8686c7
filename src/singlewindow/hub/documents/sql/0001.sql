-- Definitions and documents (K05, architecture section 3.3). No table per kind of document.

create table definition (
  id         text  not null,
  version    text  not null,
  valid_from date  not null,
  hash       bytea not null,
  text       text  not null,
  primary key (id, version)
);
grant select on definition to sw_web, sw_intake, sw_engine;
grant insert on definition to sw_engine;

-- One row a business document: the source a trader entered, and each partner's own.
create table document (
  submission_id      uuid        not null,
  id                 uuid        not null,
  kind               text        not null,
  definition_version text        not null,
  version            int         not null check (version >= 1),
  partner            text,                        -- null: the source document
  party              int         not null,        -- who submitted
  reference          text        not null collate "C",
  title              text        not null,        -- what people call it: bill or declaration number
  boxes              smallint    not null,        -- values filled
  state              smallint    not null default 0,
  code               text        not null default '',   -- the partner's letter behind the state
  state_at           timestamptz,                 -- the partner's clock, of the receipt that gave the state
  changed_at         timestamptz not null,
  created_at         timestamptz not null,
  viewers            int[]       not null,
  -- What its receipts come to together (process); null until one says something.
  stood              int,                         -- the version they speak of
  phase              text,                        -- what the state reached means for the source document
  letter             text,                        -- the partner's, that reached it
  marks              bytea,                       -- JSON: state → [first, last, letter, reason]
  primary key (submission_id, id)
) with (fillfactor = 35);                         -- room for its answers beside it, so that no index hears of them
-- Whether nothing will come of it, unless a newer one takes its place: its receiver refused it or sent it back, or never
-- answered and is sent it no more (process).
create function sent_back(state smallint, phase text, state_at timestamptz) returns boolean
  language sql immutable parallel safe as
  $$ select state >= 60 or coalesce(phase = 'returned' and state_at is null, false) $$;
-- Since when that is so, by the partner's clock where it answered; null: not at all.
create function sent_back_at(state smallint, phase text, state_at timestamptz, changed_at timestamptz)
  returns timestamptz language sql immutable parallel safe as
  $$ select case when sent_back(state, phase, state_at) then coalesce(state_at, changed_at) end $$;
-- A firm's own declarations in order of time: the firm that declares, and the one it declares for, whichever of
-- the two has the lower number. There is no third; one would be in nobody's list.
alter table document add constraint document_of_two_firms check (partner is not null or cardinality(viewers) <= 2);
create index document_firm on document ((viewers[1]), created_at, submission_id) where partner is null;
create index document_second_firm on document ((viewers[2]), created_at, submission_id)
  where partner is null and viewers[2] is not null;
alter index document_firm alter column 1 set statistics 0;         -- asked with a parameter only
alter index document_second_firm alter column 1 set statistics 0;

-- What was entered, as it came and as it was read. Derived documents are kept by the ledger's messages.
create table document_version (
  submission_id      uuid        not null,
  document_id        uuid        not null,
  version            int         not null check (version >= 1),
  definition_version text        not null,
  format             text        not null,
  digest             bytea       not null,        -- SHA-256 of the original
  original           bytea       not null,        -- zstd
  content            bytea,                       -- zstd of JSON: values and extension; null: the original's
  created_at         timestamptz not null,
  viewers            int[]       not null,
  primary key (submission_id, document_id, version)
) with (toast_tuple_target = 8160);              -- most go into a page whole, beside no other table
alter table document_version                     -- compressed already: not tried again
  alter original set storage external, alter content set storage external;

create table document_key (
  kind          text  not null,                   -- bill, container, declaration …
  value         text  not null collate "C",
  submission_id uuid  not null,
  document_id   uuid  not null,
  viewers       int[] not null
);
create index document_key_value on document_key (value, kind);
create index document_key_submission on document_key (submission_id);

alter table document enable row level security;
alter table document force row level security;
alter table document_version enable row level security;
alter table document_version force row level security;
alter table document_key enable row level security;
alter table document_key force row level security;
create policy read on document for select to sw_web using (viewers && (select viewing()));
create policy read on document_version for select to sw_web using (viewers && (select viewing()));
create policy read on document_key for select to sw_web using (viewers && (select viewing()));

grant select on document, document_version, document_key to sw_web;
grant insert on document, document_version, document_key to sw_intake;
grant select, insert on document_version, document_key to sw_engine;
grant select, insert, update on document to sw_engine;

-- Lists: at most so many documents behind a place, newest or oldest first, read off an index in that order. What is
-- filtered by more than time is filtered by who asks, who also says how far was looked. Bitmaps would read all of a
-- firm's documents to sort them.
create function documents_declared(since timestamptz, until timestamptz, at timestamptz, place uuid, oldest boolean,
                                   most int)
  returns table (submission_id uuid, id uuid, created_at timestamptz, state smallint, title text, party int,
                 viewers int[])
  language sql stable parallel safe set enable_bitmapscan = off as $$
  select d.submission_id, d.id, d.created_at, d.state, d.title, d.party, d.viewers
    from unnest((select viewing())) as reader (party) cross join lateral (
      (select * from document d
        where not oldest and d.partner is null and d.viewers[1] = reader.party
          and (d.created_at, d.submission_id) < (at, place) and d.created_at >= since and d.created_at < until
        order by d.created_at desc, d.submission_id desc limit most)
      union all
      (select * from document d
        where not oldest and d.partner is null and d.viewers[2] = reader.party
          and d.viewers[1] <> all ((select viewing())::int[])
          and (d.created_at, d.submission_id) < (at, place) and d.created_at >= since and d.created_at < until
        order by d.created_at desc, d.submission_id desc limit most)
      union all
      (select * from document d
        where oldest and d.partner is null and d.viewers[1] = reader.party
          and (d.created_at, d.submission_id) > (at, place) and d.created_at >= since and d.created_at < until
        order by d.created_at, d.submission_id limit most)
      union all
      (select * from document d
        where oldest and d.partner is null and d.viewers[2] = reader.party
          and d.viewers[1] <> all ((select viewing())::int[])
          and (d.created_at, d.submission_id) > (at, place) and d.created_at >= since and d.created_at < until
        order by d.created_at, d.submission_id limit most)
    ) d
   order by case when oldest then d.created_at end, case when oldest then d.submission_id end,
            d.created_at desc, d.submission_id desc
   limit most
$$;

-- The same of what a partner was sent, in the order of time in which submissions are numbered: between two numbers.
-- The platform's own notices are nobody's declaration.
create function documents_sent(receiver text, since timestamptz, until timestamptz, above uuid, below uuid,
                               oldest boolean, most int)
  returns table (submission_id uuid, id uuid, created_at timestamptz, state smallint, title text, party int,
                 viewers int[])
  language sql stable parallel safe set enable_bitmapscan = off as $$
  (select d.submission_id, d.id, d.created_at, d.state, d.title, d.party, d.viewers from document d
    where not oldest and d.partner = receiver and d.submission_id > above and d.submission_id < below
      and d.created_at >= since and d.created_at < until and d.id <> d.submission_id
    order by d.submission_id desc limit most)
  union all
  (select d.submission_id, d.id, d.created_at, d.state, d.title, d.party, d.viewers from document d
    where oldest and d.partner = receiver and d.submission_id > above and d.submission_id < below
      and d.created_at >= since and d.created_at < until and d.id <> d.submission_id
    order by d.submission_id limit most)
$$;
revoke execute on function documents_declared(timestamptz, timestamptz, timestamptz, uuid, boolean, int),
  documents_sent(text, timestamptz, timestamptz, uuid, uuid, boolean, int) from public;
grant execute on function documents_declared(timestamptz, timestamptz, timestamptz, uuid, boolean, int),
  documents_sent(text, timestamptz, timestamptz, uuid, uuid, boolean, int) to sw_web;
