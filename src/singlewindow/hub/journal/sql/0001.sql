-- The one append-only record: audit, event stream and evidence (K34, architecture section 3.1).

-- Readers of a row stand in the row; a transaction states for whom it reads.
-- An unset or emptied setting means nobody.
create function viewing() returns int[] language sql stable parallel safe as
  $$ select coalesce(nullif(current_setting('sw.viewers', true), '')::int[], '{}') $$;
grant execute on function viewing() to public;

-- For which party the person or program acts whose request this transaction is; null: nobody does.
create function acting() returns int language sql stable parallel safe as
  $$ select nullif(current_setting('sw.acting', true), '')::int $$;
grant execute on function acting() to public;

create table journal_entry (
  id            bigint generated always as identity primary key,
  at            timestamptz not null,
  verb          text        not null,            -- submission.accepted, receipt.received …
  actor_kind    text        not null check (actor_kind in ('person', 'token', 'component', 'system')),
  actor_id      text        not null,
  actor_name    text        not null,
  actor_party   int         not null,
  subject_kind  text        not null,            -- submission, document, message, party …
  subject_id    uuid        not null,
  submission_id uuid,                            -- null where the subject belongs to none
  content       bytea,                           -- JSON; may be erased with its salt …
  salt          bytea       check (octet_length(salt) = 16),
  commitment    bytea,                           -- … SHA-256(salt || content) then keeps the leaf provable
  leaf          bytea       not null check (octet_length(leaf) = 32),
  viewers       int[]       not null,
  check (num_nulls(content, salt) = case when commitment is null then 0 else 2 end)
);
create index journal_entry_submission on journal_entry (submission_id, id) where submission_id is not null;
create index journal_entry_inspection on journal_entry (subject_id, id) where subject_kind = 'inspection' and submission_id is null;
create index journal_entry_identity on journal_entry (id) where subject_kind in ('party', 'person', 'mandate', 'api_token', 'subscription');

-- Position in the tree, given by the single sequencer; entries themselves are never updated.
create table journal_position (
  position bigint primary key check (position >= 0),
  entry_id bigint not null unique,
  leaf     bytea  not null
);
-- Identity values handed out but not yet seen: a late commit fills its gap, a rolled-back one never does.
create table journal_gap (
  first bigint primary key,
  last  bigint not null check (last >= first),
  since timestamptz not null,
  writers text[] not null                        -- virtual transactions then writing entries: one may own an id
);
-- Roots of complete subtrees of 256^level leaves, so that a proof reads at most 256 rows a level.
create table journal_tile (
  level smallint not null check (level >= 1),
  index bigint   not null,
  root  bytea    not null,
  primary key (level, index)
);
create table journal_checkpoint (
  size      bigint primary key,
  root      bytea       not null,
  at        timestamptz not null,
  key_id    text        not null,
  signature bytea       not null
);

-- A subscriber's durable place: everything up to and including this position is done.
create table journal_cursor (
  name     text   primary key,
  position bigint not null default -1 check (position >= -1)
);

create function journal_is_append_only() returns trigger language plpgsql as
  $$ begin raise exception 'the journal is append-only' using errcode = 'insufficient_privilege'; end $$;
-- The one change an entry may undergo: its content and salt give way to their commitment.
create function journal_entry_is_erased() returns trigger language plpgsql as $$
begin
  old.commitment := sha256(old.salt || old.content);
  old.content := null;
  old.salt := null;
  if new is distinct from old then
    raise exception 'the journal is append-only' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger journal_entry_erased before update on journal_entry for each row execute function journal_entry_is_erased();
create trigger journal_entry_kept before delete or truncate on journal_entry for each statement execute function journal_is_append_only();
create trigger journal_position_kept before update or delete or truncate on journal_position for each statement execute function journal_is_append_only();
create trigger journal_checkpoint_kept before update or delete or truncate on journal_checkpoint for each statement execute function journal_is_append_only();

alter table journal_entry enable row level security;
alter table journal_entry force row level security;
create policy read on journal_entry for select to sw_web using (viewers && (select viewing()));
create policy write on journal_entry for insert to sw_web
  with check (actor_kind in ('person', 'token') and actor_party = (select acting()));

-- Nobody gives an entry its id: the sequencer counts by it, and whoever wrote a very high one would leave all that
-- follow in a gap that is given up. Nor is anything written as erased.
grant insert (at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind, subject_id, submission_id, content, salt,
              leaf, viewers) on journal_entry to sw_web, sw_intake, sw_engine;
grant select on journal_entry to sw_web, sw_engine;
grant select, insert on journal_position, journal_checkpoint, journal_tile to sw_engine;
grant update (content, salt, commitment) on journal_entry to sw_engine;
grant select, insert, update, delete on journal_gap to sw_engine;
grant select, insert, update on journal_cursor to sw_engine;
grant select on journal_position, journal_checkpoint, journal_tile to sw_web;
