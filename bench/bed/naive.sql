-- The twin's own tables: the same rows, without row-level security, viewers or leases.
create table submission (
  id uuid primary key, party text not null, message_id text not null, digest bytea not null,
  received_at timestamptz not null default now(), unique (party, message_id)
);
create table document (
  id uuid primary key, submission_id uuid not null references submission, kind text not null, partner text,
  reference text not null, title text not null, state int not null default 0, code text not null default '',
  changed_at timestamptz not null default now()
);
create index on document (submission_id);
create table document_version (document_id uuid primary key references document, original text not null);
create table document_key (
  kind text not null, value text not null, document_id uuid not null references document,
  primary key (kind, value, document_id)
);
create table message (
  id uuid primary key, submission_id uuid not null, document_id uuid not null references document,
  partner text not null, reference text not null, payload bytea not null,
  created_at timestamptz not null default now()
);
create index on message (partner, reference);
create index on message ((id::text));
create table outbox (id bigserial primary key, message_id uuid not null, partner text not null);
create table receipt (
  id bigserial primary key, submission_id uuid not null, document_id uuid not null references document,
  partner text not null, receipt_id text not null, stage text not null, code text not null,
  outcome int not null, facts jsonb not null, at timestamptz not null, unique (partner, receipt_id)
);
create index on receipt (submission_id);
create table journal (
  id bigserial primary key, at timestamptz not null default now(), verb text not null, subject uuid not null,
  submission_id uuid, content jsonb not null, leaf bytea not null
);
