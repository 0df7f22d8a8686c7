insert into milestone (dossier, code, object_kind, object_key, at, source, viewers)
select distinct d.id, t.code, coalesce(o.kind, d.goods), coalesce(o.key, d.id::text), t.at, t.source,
       coalesce(o.viewers, d.viewers)
  from json_to_recordset(%s::json) as t (submission_id uuid, code text, at timestamptz, source text, number text)
  join dossier_document j on j.submission_id = t.submission_id
  join dossier d on d.id = j.dossier
  left join dossier_object o on o.dossier = d.id and o.kind = 'container' and o.number = t.number and not o.dropped
 where coalesce(t.number, '') = '' or o.key is not null
on conflict do nothing
