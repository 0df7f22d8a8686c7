-- One more copy of what the load stored. Ids keep the milliseconds they begin with; the rest is a hash of id
-- and copy, so that rows which belong together stay together. Copies are never copied.
create or replace function pg_temp.again(id uuid) returns uuid language sql immutable as $$
  select (left(id::text, 13) || '-7' || substr(hash, 1, 3) || '-8' || substr(hash, 4, 3) || '-'
          || substr(hash, 7, 12))::uuid
    from md5(id::text || current_setting('bench.copy')) as hash
$$;
create temporary table if not exists origin as select id from sw.submission;

insert into sw.claim
select c.partner, c.message_id || '#' || current_setting('bench.copy'), c.digest, pg_temp.again(c.submission_id), c.at
  from sw.claim c join origin o on o.id = c.submission_id;

insert into sw.submission
select pg_temp.again(s.id), party, actor_kind, actor_id, actor_name, door, format, message_id, digest, received_at,
       viewers
  from sw.submission s join origin o on o.id = s.id;

insert into sw.document
select pg_temp.again(d.submission_id), pg_temp.again(d.id), kind, definition_version, version, partner, party,
       reference, title, boxes, state, code, state_at, changed_at, created_at, viewers
  from sw.document d join origin o on o.id = d.submission_id;

insert into sw.document_version
select pg_temp.again(v.submission_id), pg_temp.again(v.document_id), version, definition_version, format, digest,
       original, content, created_at, viewers
  from sw.document_version v join origin o on o.id = v.submission_id;

insert into sw.document_key
select kind, value || '#' || current_setting('bench.copy'), pg_temp.again(k.submission_id),
       pg_temp.again(k.document_id), viewers
  from sw.document_key k join origin o on o.id = k.submission_id;

insert into sw.message
select pg_temp.again(m.submission_id), pg_temp.again(m.id), pg_temp.again(m.document_id), version, partner, kind,
       definition_version, message_id || '#' || current_setting('bench.copy'),
       reference || '#' || current_setting('bench.copy'), digest, payload, created_at, viewers
  from sw.message m join origin o on o.id = m.submission_id;

insert into sw.receipt (submission_id, document_id, partner, receipt_id, stage, code, outcome, text, facts,
                        problems, at, received_at, viewers)
select pg_temp.again(r.submission_id), pg_temp.again(r.document_id), partner,
       receipt_id || '#' || current_setting('bench.copy'), stage, code, outcome, text, facts, problems, at,
       received_at, viewers
  from sw.receipt r join origin o on o.id = r.submission_id;

insert into sw.journal_entry (at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind, subject_id,
                              submission_id, content, salt, commitment, leaf, viewers)
select at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind, pg_temp.again(e.subject_id),
       pg_temp.again(e.submission_id), content, salt, commitment, leaf, viewers
  from sw.journal_entry e join origin o on o.id = e.submission_id;
