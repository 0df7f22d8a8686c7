-- One consignment, what names it, what carries it (architecture "Dossier", decision 0003).

-- A dossier bears the id of the submission that opened it. No foreign keys here: one writer fills these
-- tables together, and a check per row would cost more than the row.
create table dossier (
  id        uuid        primary key,
  goods     text        not null check (goods in ('bill', 'express', 'postal')),
  mode      text        not null,                    -- of transport, as declared
  name      text        not null collate "C",        -- what people call it by: bill or parcel number
  call      text        not null collate "C",        -- key of the conveyance call, '' where none is known
  terminal  text        not null,                    -- code of the terminal, '' where none is named
  forwarder text        not null,                    -- USCC of the forwarder or agent, '' where none is named
  dangerous boolean     not null,                    -- some of the goods have a UN number
  opened_at timestamptz not null,
  viewers   int[]       not null
);
create index dossier_call on dossier (call) where call <> '';
create index dossier_name on dossier (name);

-- What calls of ships are known by: some documents name the ship by its number, others by its name alone. It is nobody's:
-- the worker alone reads it.
create table conveyance_call (
  said      text    primary key collate "C",           -- a document's key: 2/9999993/2511E, 2/YUANYANG1/2511E
  call      text    not null collate "C",              -- the key that the call bears
  by_number boolean not null
);
create index conveyance_call_call on conveyance_call (call);

-- Numbers that join documents to a dossier. The same number may name several (another carrier's bill,
-- a stranger's claim), so it is not unique by itself.
create table identity_key (
  kind    text  not null check (kind in ('bill', 'waybill', 'declaration', 'pre_entry', 'unified', 'transit', 'order')),
  value   text  not null collate "C",
  carrier text  not null default '',
  dossier uuid  not null,
  viewers int[] not null,
  primary key (kind, value, carrier, dossier)
);

create table dossier_document (
  submission_id uuid        not null,
  document_id   uuid        not null,
  dossier       uuid        not null,
  kind          text        not null,
  party         int         not null,                -- who handed it in: for the other viewers, where there are any
  viewers       int[]       not null,
  load          text        not null default '',     -- a digest of what tells the same goods declared again (facts.py)
  superseded    boolean     not null default false,  -- sent back, and answered under another number: counts no more
  primary key (submission_id, document_id)
);
create index dossier_document_dossier on dossier_document (dossier, submission_id);

-- A thing in one dossier, for a period. Readers are those of the documents that named it.
create table dossier_object (
  dossier uuid        not null,
  kind    text        not null,
  key     text        not null collate "C",
  number  text        not null collate "C",
  seal    text        not null,
  lot     boolean     not null,                      -- less than container load: others' goods are in it too
  lines   text        not null,                      -- goods lines in it, as declared: 1,3
  dangerous boolean   not null,                      -- some of these have a UN number
  since   timestamptz not null,
  until   timestamptz check (until >= since),        -- null: still
  viewers int[]       not null,
  due     date,                                      -- the day its call brings it in, of imports by water
  primary key (dossier, kind, key)
);
create index dossier_object_key on dossier_object (key, kind);
create index dossier_object_number on dossier_object (number, kind);

-- Physical things that carry many consignments: a call, a container within one call. They join nothing,
-- and are seen by whoever sees them in a dossier.
create view shared_object with (security_invoker = true) as
  select kind, key, min(number) as number, min(since) as first_seen, count(*) as dossiers
    from dossier_object group by kind, key;

-- What happened on the logistics track (13.3): arrived, discharged, moved, gate_out …
create table milestone (
  dossier     uuid        not null,
  code        text        not null,
  object_kind text        not null,
  object_key  text        not null collate "C",
  at          timestamptz not null,
  source      text        not null,                  -- partner, or gate
  viewers     int[]       not null,
  primary key (dossier, code, object_key, at)
);

-- What a person must decide; nothing merges silently.
create table task (
  id      uuid        primary key default gen_random_uuid(),
  kind    text        not null,                      -- ties_dossiers, contradicts_dossier, recall …
  dossier uuid        not null,
  about   text        not null,                      -- the document, number or release it is about
  version int         not null default 0,            -- of a disposition: one container may be called back again
  text_zh text        not null,
  text_en text        not null,
  state   text        not null default 'open' check (state in ('open', 'done')),
  made_at timestamptz not null,
  done_at timestamptz,
  done_by text        not null default '',
  viewers int[]       not null,
  unique (kind, dossier, about, version)
);
create index task_open on task (made_at) where state = 'open';

alter table conveyance_call enable row level security;
alter table conveyance_call force row level security;
alter table dossier enable row level security;
alter table dossier force row level security;
alter table identity_key enable row level security;
alter table identity_key force row level security;
alter table dossier_document enable row level security;
alter table dossier_document force row level security;
alter table dossier_object enable row level security;
alter table dossier_object force row level security;
alter table milestone enable row level security;
alter table milestone force row level security;
alter table task enable row level security;
alter table task force row level security;

create policy read on dossier for select to sw_web using (viewers && (select viewing()));
create policy read on identity_key for select to sw_web using (viewers && (select viewing()));
create policy read on dossier_document for select to sw_web using (viewers && (select viewing()));
create policy read on dossier_object for select to sw_web using (viewers && (select viewing()));
create policy read on milestone for select to sw_web using (viewers && (select viewing()));
create policy read on task for select to sw_web using (viewers && (select viewing()));

grant select on dossier, identity_key, dossier_document, shared_object, dossier_object, milestone, task to sw_web;
grant select, insert, update on dossier, identity_key, dossier_document, dossier_object, milestone, task to sw_engine;
grant select on shared_object to sw_engine;
grant select, insert on conveyance_call to sw_engine;

-- Who else reads a dossier: the agency or operator that was sent a document about it (idea 4, "who receives
-- what is a row"). It reads which dossier that is and what is in it, never another consignment in the same
-- container: that is another dossier. Which columns its pages show is what its own document holds.

-- Found row by row behind the index that led to the dossier: an EXISTS in the policy would be answered by
-- reading every document there is. For a firm, which no partner stands behind, nothing is asked at all; a
-- policy whose name comes first is asked last.
create function viewing_partners() returns text[] language sql stable parallel safe as $$
  select coalesce(array_agg(partner), '{}') from party
   where partner is not null and id = any ((select viewing())::int[])
$$;
create function was_sent(submission uuid, partners text[]) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from document d where d.submission_id = submission and d.partner = any (partners));
end $$;
create function takes_part(wanted uuid, partners text[]) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from dossier_document j join document d on d.submission_id = j.submission_id
                  where j.dossier = wanted and d.partner = any (partners));
end $$;

create policy agency on dossier_document for select to sw_web using (
  (select viewing_partners()) <> '{}' and was_sent(submission_id, (select viewing_partners())));
create policy agency on dossier for select to sw_web using (
  (select viewing_partners()) <> '{}' and takes_part(id, (select viewing_partners())));
create policy agency on dossier_object for select to sw_web using (
  (select viewing_partners()) <> '{}' and takes_part(dossier, (select viewing_partners())));
-- Every partner's document carries the bill or parcel number; numbers that one agency gave are not another's.
create policy agency on identity_key for select to sw_web using (
  (select viewing_partners()) <> '{}' and kind in ('bill', 'waybill', 'order')
  and takes_part(dossier, (select viewing_partners())));

-- The same of many submissions at once, for lists: asked of each, the policy took most of what an officer's list takes.
create function dossiers_sent(submissions uuid[]) returns table (submission_id uuid, dossier uuid)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select distinct j.submission_id, j.dossier
    from dossier_document j
   where j.submission_id = any (submissions)
     and (j.viewers && (select viewing())::int[]
          or exists (select from document d
                      where d.submission_id = j.submission_id and d.viewers && (select viewing())::int[]
                        and d.partner = any ((select viewing_partners())::text[])))
$$;
revoke execute on function dossiers_sent(uuid[]) from public;
grant execute on function dossiers_sent(uuid[]) to sw_web;

-- What firms are called, for whoever learnt their number or code from a row that it may read. Pages never take
-- a number or a code from a request.
create function firms_named(ids int[], codes text[])
  returns table (id int, code text, name_zh text, name_en text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select p.id, p.code, p.name_zh, p.name_en from party p where p.id = any (ids)
  union
  select p.id, p.code, p.name_zh, p.name_en from party p where p.code = any (codes)
  limit 200
$$;
revoke execute on function firms_named(int[], text[]) from public;
grant execute on function firms_named(int[], text[]) to sw_web;
