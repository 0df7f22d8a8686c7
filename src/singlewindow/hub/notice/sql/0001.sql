-- The message box: what the journal tells of, said once to each party that it concerns.

-- The few entries among very many that somebody is told of. One definition for the index and for whoever
-- reads by it; a receipt is told of where it stands in the way (kernel Outcome).
create function journal_tells(verb text, content bytea) returns boolean language sql immutable parallel safe as $$
  select verb in ('inspection.ordered', 'inspection.changed', 'inspection.scheduled', 'inspection.consolidated',
                  'inspection.cancelled', 'release.issued',
                  'release.revoked', 'recall.opened', 'duty.opened', 'message.buried')
      or (verb = 'receipt.received' and (position('"outcome":"inspect"'::bytea in content) > 0
                                      or position('"outcome":"hold"'::bytea in content) > 0
                                      or position('"outcome":"returned"'::bytea in content) > 0
                                      or position('"outcome":"refused"'::bytea in content) > 0))
$$;
create index journal_entry_tells on journal_entry (id) where journal_tells(verb, content);

-- One row an entry and party: what was said, in the words of that day.
create table notice (
  party         int         not null,
  position      bigint      not null,            -- of the journal entry
  at            timestamptz not null,            -- when it happened
  topic         text        not null,            -- the rule that told of it
  role          text        not null,            -- as what the party is told
  kind          text        not null,            -- one of the ten status kinds, for shape and colour
  title_zh      text        not null,
  title_en      text        not null,
  detail_zh     text        not null,
  detail_en     text        not null,
  subject_kind  text        not null,            -- inspection, release, document, message …
  subject_id    uuid        not null,
  submission_id uuid,                            -- null: a thing that several consignments share
  viewers       int[]       not null,
  primary key (party, position)
);

-- What somebody has read: everything up to a place, and single ones after it.
create table notice_reader (
  person  int         not null,
  party   int         not null,
  up_to   bigint      not null,
  at      timestamptz not null,
  viewers int[]       not null,
  primary key (person, party)
);
create table notice_read (
  person   int         not null,
  party    int         not null,
  position bigint      not null,
  at       timestamptz not null,
  viewers  int[]       not null,
  primary key (person, party, position)
);
-- When everything up to a place was marked at once: a reader's place moves on, and tells of its last move alone.
create table notice_through (
  person  int         not null,
  party   int         not null,
  up_to   bigint      not null,
  at      timestamptz not null,
  viewers int[]       not null,
  primary key (party, up_to, person)
);

alter table notice enable row level security;
alter table notice force row level security;
alter table notice_reader enable row level security;
alter table notice_reader force row level security;
alter table notice_read enable row level security;
alter table notice_read force row level security;
alter table notice_through enable row level security;
alter table notice_through force row level security;

create policy read on notice for select to sw_web using (viewers && (select viewing()));
create policy read on notice_reader for select to sw_web using (viewers && (select viewing()));
create policy read on notice_read for select to sw_web using (viewers && (select viewing()));
create policy read on notice_through for select to sw_web using (viewers && (select viewing()));
create policy mark on notice_reader for insert to sw_web
  with check (viewers = array[party] and viewers <@ (select viewing()));
create policy move on notice_reader for update to sw_web
  using (viewers && (select viewing())) with check (viewers = array[party] and viewers <@ (select viewing()));
create policy mark on notice_read for insert to sw_web
  with check (viewers = array[party] and viewers <@ (select viewing()));
create policy mark on notice_through for insert to sw_web
  with check (viewers = array[party] and viewers <@ (select viewing()));

grant select on notice, notice_reader, notice_read, notice_through to sw_web;
grant insert on notice_reader, notice_read, notice_through to sw_web;
grant update (up_to, at) on notice_reader to sw_web;
grant select, insert on notice to sw_engine;

-- When the parties to an order were told of it and when somebody of theirs read it, for everybody who was told of it, too.
-- Whose names one may read is another matter: pages join the parties that they may see.
create index notice_inspection on notice (subject_id) where subject_kind = 'inspection';
create index notice_read_place on notice_read (party, position);
create policy openings on notice for select to sw_owner using (true);
create policy openings on notice_through for select to sw_owner using (true);
create policy openings on notice_read for select to sw_owner using (true);
create function notice_told(wanted uuid)
  returns table (party int, role text, at timestamptz, topic text, read_at timestamptz)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select n.party, n.role, n.at, n.topic,
         least((select min(r.at) from notice_through r where r.party = n.party and r.up_to >= n.position),
               (select min(d.at) from notice_read d where d.party = n.party and d.position = n.position))
    from notice n
   where n.subject_kind = 'inspection' and n.subject_id = wanted
     and exists (select from notice mine where mine.subject_kind = 'inspection' and mine.subject_id = wanted
                                           and mine.viewers && viewing())
  $$;
revoke execute on function notice_told(uuid) from public;
grant execute on function notice_told(uuid) to sw_web;
