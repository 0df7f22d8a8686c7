-- Containers that two ships bring in the same days. By the number, which is that of few consignments at a time;
-- fences keep the planner from walking all containers that count, which it takes for few while tables grow.

-- name: overlapping
with own as materialized (
  select o.dossier, o.number, o.key, o.due
    from unnest(%(keys)b::text[], %(dossiers)b::uuid[]) as asked (key, dossier)
   cross join lateral (
     select dossier, number, key, due, standing, until
       from dossier_object
      where dossier = asked.dossier and kind = 'container' and key || '' = asked.key
     offset 0) o
   where o.due is not null and o.standing = 'counts' and o.until is null
), pairs as (
  select own.dossier, own.number, other.dossier as beside
    from own
   cross join lateral (
     select o.dossier
       from (select dossier, key, standing, until, due
               from dossier_object where number = own.number and kind = 'container' offset 0) o
      where o.key <> own.key and o.dossier <> own.dossier
        and o.standing = 'counts' and o.until is null and abs(o.due - own.due) < %(days)s
      limit 20) other
)
select d.id, p.number, d.name,
       array(select distinct v from unnest(d.viewers || array(select id from platform_operator)) v order by v)
  from (select dossier, number from pairs union select beside, number from pairs) p
  join dossier d on d.id = p.dossier
 order by d.id, p.number

-- name: ask_people
insert into task as t (kind, dossier, about, text_zh, text_en, made_at, viewers)
select 'container_overlaps', dossier, about, zh, en, at, viewers
  from json_to_recordset(%s::json) as given (
    dossier uuid, about text, zh text, en text, at timestamptz, viewers int[])
on conflict (kind, dossier, about, version) do update
   set state = 'open', text_zh = excluded.text_zh, text_en = excluded.text_en, made_at = excluded.made_at,
       done_at = null, done_by = '', viewers = excluded.viewers
 where t.state = 'done' and t.done_by = 'coordination'  -- what a person has looked into is not asked again

-- name: over
update task t set state = 'done', done_at = %(at)s, done_by = 'coordination'
  from dossier d
 where t.kind = 'container_overlaps' and t.state = 'open' and d.id = t.dossier
   and not exists (
     select from (select dossier, key, standing, until, due
                    from dossier_object where number = t.about and kind = 'container' offset 0) o,
                 (select dossier, key, standing, until, due
                    from dossier_object where number = t.about and kind = 'container' offset 0) other
      where o.dossier = t.dossier and o.standing = 'counts' and o.until is null
        and other.key <> o.key and other.dossier <> o.dossier
        and other.standing = 'counts' and other.until is null and abs(other.due - o.due) < %(days)s)
returning t.done_at, t.dossier, d.name, t.about, t.text_zh, t.text_en, t.viewers
