-- The one reading of what a stored document says.

-- name: declared
-- The newest version. Row-level security decides by whom the connection reads for; a connection that reads
-- for others than the viewer asked about answers nothing.
select d.submission_id, d.id as document_id, d.kind, v.definition_version, v.version, v.format, v.digest,
       v.created_at, coalesce(v.content, v.original) as content, v.filled
  from document d
  join document_version v on v.submission_id = d.submission_id and v.document_id = d.id
 where d.submission_id = %(document)s and d.partner is null
   and (select viewing()) <@ %(parties)s::int[]
 order by v.version desc
 limit 1
