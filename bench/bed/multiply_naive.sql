-- Copies of all that the twin itself has stored, numbered from bench.first to bench.last; copies, which have a
-- hash sign in their message id, are never copied. Rows that belong together stay together, so foreign keys,
-- checked one row at a time, need not be.
set local session_replication_role = replica;
create temporary table origin on commit drop as select id from submission where position('#' in message_id) = 0;
create temporary table copies on commit drop as
select n, '#' || n as mark
  from generate_series(current_setting('bench.first')::bigint, current_setting('bench.last')::bigint) as n;
create or replace function pg_temp.again(id uuid, mark text) returns uuid language sql immutable as $$
  select md5(id::text || mark)::uuid
$$;

insert into submission
select pg_temp.again(s.id, mark), party, message_id || mark, digest, received_at
  from submission s join origin o on o.id = s.id cross join copies;

insert into document
select pg_temp.again(d.id, mark), pg_temp.again(submission_id, mark), kind, partner, reference || mark, title,
       state, code, changed_at
  from document d join origin o on o.id = submission_id cross join copies;

insert into document_version
select pg_temp.again(document_id, mark), original
  from document_version v join document d on d.id = v.document_id join origin o on o.id = d.submission_id
 cross join copies;

insert into document_key
select k.kind, value || mark, pg_temp.again(document_id, mark)
  from document_key k join document d on d.id = k.document_id join origin o on o.id = d.submission_id
 cross join copies;

insert into message
select pg_temp.again(m.id, mark), pg_temp.again(submission_id, mark), pg_temp.again(document_id, mark), partner,
       reference || mark, payload, created_at
  from message m join origin o on o.id = submission_id cross join copies;

insert into receipt (submission_id, document_id, partner, receipt_id, stage, code, outcome, facts, at)
select pg_temp.again(submission_id, mark), pg_temp.again(document_id, mark), partner, receipt_id || mark, stage,
       code, outcome, facts, at
  from receipt r join origin o on o.id = submission_id cross join copies;

insert into journal (at, verb, subject, submission_id, content, leaf)
select at, verb, pg_temp.again(subject, mark), pg_temp.again(submission_id, mark), content, leaf
  from journal j join origin o on o.id = submission_id cross join copies;
