insert into journal_entry (
  at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind,
  subject_id, submission_id, content, salt, leaf, viewers)
select at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind,
       subject_id, submission_id, content, salt, leaf, viewers::int[]
from unnest(
  %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[],
  %s::uuid[], %s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[], %s::text[]
) as entry (
  at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind,
  subject_id, submission_id, content, salt, leaf, viewers)
