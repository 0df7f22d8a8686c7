-- name: put_lists
insert into code_list (id, name_zh, name_en, source_zh, source_en)
select * from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
on conflict (id) do update
  set name_zh = excluded.name_zh, name_en = excluded.name_en,
      source_zh = excluded.source_zh, source_en = excluded.source_en
  where code_list.imported_at is null
    and (code_list.name_zh, code_list.name_en, code_list.source_zh, code_list.source_en)
        is distinct from (excluded.name_zh, excluded.name_en, excluded.source_zh, excluded.source_en)

-- name: stage
create temporary table staged_code (like code including defaults) on commit drop

-- name: copy
copy staged_code (list, code, valid_from, valid_to, place, name_zh, name_en, pinyin, successor, source, extra)
from stdin

-- name: leave_imported
delete from staged_code using code_list
where code_list.id = staged_code.list and imported_at is not null

-- name: drop_unshipped
delete from code using code_list
where code_list.id = code.list and imported_at is null
  and not exists (
    select from staged_code as staged
    where (staged.list, staged.code, staged.valid_from) = (code.list, code.code, code.valid_from))

-- name: put_codes
insert into code as kept
select * from staged_code
on conflict (list, code, valid_from) do update
  set valid_to = excluded.valid_to, place = excluded.place,
      name_zh = excluded.name_zh, name_en = excluded.name_en, pinyin = excluded.pinyin,
      successor = excluded.successor, source = excluded.source, extra = excluded.extra
  where (kept.valid_to, kept.place, kept.name_zh, kept.name_en, kept.pinyin,
         kept.successor, kept.source, kept.extra)
        is distinct from
        (excluded.valid_to, excluded.place, excluded.name_zh, excluded.name_en, excluded.pinyin,
         excluded.successor, excluded.source, excluded.extra)

-- name: read_lists
select id, name_zh, name_en, source_zh, source_en, imported_at is not null
from code_list
where %(only)s::text[] is null or id = any(%(only)s)
order by id

-- name: read_revisions
select id, revision from code_list order by id

-- name: read_codes
select list, code, valid_from, valid_to, name_zh, name_en, pinyin, successor, source, extra
from code
where %(only)s::text[] is null or list = any(%(only)s)
order by list, place, code, valid_from

-- name: count_codes
select id, code_list.name_zh, code_list.name_en, imported_at,
       count(code) filter (where %(on)s between valid_from and valid_to),
       count(code) filter (where valid_to < %(on)s)
from code_list left join code on list = id
group by id
order by id

-- name: put_list
insert into code_list (id, name_zh, name_en, source_zh, source_en)
values (%(id)s, %(zh)s, %(en)s, %(source)s, %(source)s)
on conflict (id) do nothing

-- name: mark_imported
update code_list set imported_at = %(at)s, source_zh = %(source)s, source_en = %(source)s
where id = %(id)s
  and (%(changed)s or imported_at is null or (source_zh, source_en) is distinct from (%(source)s, %(source)s))

-- name: lock_list
select pg_advisory_xact_lock(hashtextextended('code_list ' || %s, 0))

-- name: operators
-- Whoever runs the platform answers for its code lists, and reads of each import.
select id from platform_operator order by id
