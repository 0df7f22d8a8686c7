insert into party (kind, code, partner, name_zh, name_en, seal, customs_code)
select kind, code, partner, name ->> 'zh', name ->> 'en', coalesce(seal, ''), coalesce(customs_code, '')
from jsonb_to_recordset(%s::jsonb)
  as wanted (kind text, code text, partner text, name jsonb, seal text, customs_code text)
on conflict do nothing
returning id, id, jsonb_build_object('code', code, 'name', name_zh)
