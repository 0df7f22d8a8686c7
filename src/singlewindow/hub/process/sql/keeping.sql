-- What the worker says when it keeps standings and duties.

-- name: documents
-- Every document of the submissions touched; the marks only of those that were spoken of.
select d.submission_id, d.id, d.kind, d.partner, d.version, d.state, d.code, d.viewers::text,
       s.version, s.phase, s.code, case when d.id = any (%(spoken)s) then s.marks::text end
  from document d
  left join standing s on s.submission_id = d.submission_id and s.document_id = d.id
 where d.submission_id = any (%(submissions)s)

-- name: sources
select distinct on (v.submission_id) v.submission_id, coalesce(v.content, v.original)
  from document d
  join document_version v on v.submission_id = d.submission_id and v.document_id = d.id
 where d.submission_id = any (%s) and d.partner is null
 order by v.submission_id, v.version desc

-- name: stand
insert into standing
select * from json_populate_recordset(null::standing, %s::json)
on conflict (submission_id, document_id) do update
   set version = excluded.version, workflow = excluded.workflow, state = excluded.state,
       phase = excluded.phase, code = excluded.code, marks = excluded.marks,
       changed_at = greatest(standing.changed_at, excluded.changed_at), viewers = excluded.viewers

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

-- name: whole
update document d
   set state = n.state, code = n.code, state_at = n.at, changed_at = greatest(d.changed_at, n.at)
  from unnest(%s::uuid[], %s::uuid[], %s::int2[], %s::text[], %s::timestamptz[])
       as n (submission_id, id, state, code, at)
 where d.submission_id = n.submission_id and d.id = n.id
