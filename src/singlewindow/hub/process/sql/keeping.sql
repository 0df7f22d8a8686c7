-- What the worker says when it keeps standings and duties.

-- name: documents
-- Every document of the submissions touched.
select submission_id, id, kind, partner, version, state, code, state_at, stood, phase, letter, marks
  from document
 where submission_id = any (%b::uuid[])

-- name: acting
-- Who may act for a submission.
select submission_id, viewers from document where submission_id = any (%b::uuid[]) and partner is null

-- name: sources
select distinct on (v.submission_id) v.submission_id, coalesce(v.content, v.original)
  from document d
  join document_version v on v.submission_id = d.submission_id and v.document_id = d.id
 where d.submission_id = any (%s) and d.partner is null
 order by v.submission_id, v.version desc

-- name: stand
update document d
   set state = n.state, code = n.code, state_at = n.state_at, changed_at = greatest(d.changed_at, n.changed_at),
       stood = n.stood, phase = n.phase, letter = n.letter, marks = n.marks
  from unnest(%b::uuid[], %b::uuid[], %b::int4[], %b::int2[], %b::text[], %b::timestamptz[], %b::timestamptz[],
              %b::int4[], %b::text[], %b::text[], %b::bytea[])
       as n (submission_id, id, version, state, code, state_at, changed_at, stood, phase, letter, marks)
 where d.submission_id = n.submission_id and d.id = n.id and d.version = n.version

-- name: open
-- What is asked for again, since an earlier day or with other words, is open again.
insert into duty
select * from json_populate_recordset(null::duty, %s::json)
on conflict (submission_id, document_id, version, code) do update
   set role = excluded.role, kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en,
       text_zh = excluded.text_zh, text_en = excluded.text_en, action_zh = excluded.action_zh,
       action_en = excluded.action_en, reason = excluded.reason, since = excluded.since,
       deadline = excluded.deadline, done_at = null, viewers = excluded.viewers

-- name: close
update duty d
   set done_at = n.at
  from unnest(%s::uuid[], %s::uuid[], %s::int4[], %s::text[], %s::timestamptz[])
       as n (submission_id, document_id, version, code, at)
 where d.submission_id = n.submission_id and d.document_id = n.document_id and d.version = n.version
   and d.code = n.code and d.done_at is null
