-- What happens where a container is named by a second consignment; rare, and bounded by what came anew.
-- A dossier's object is found by the dossier (`key || ''`): the key may be that of a thousand others.

-- name: tally
-- Counters grow by what came anew. The first time two meet there is none, and little to count.
with fresh as (
  select key, count(*) as counting, count(*) filter (where not lot) as whole
    from unnest(%(keys)s::text[], %(lots)s::boolean[]) as t (key, lot)
   group by key
)
insert into claimed_container as c (key, counting, whole)
select f.key,
       case when k.key is null
            then (select counting from claims_counted(f.key, '{}'))
            else k.counting + f.counting end,
       case when k.key is null
            then (select whole from claims_counted(f.key, '{}'))
            else k.whole + f.whole end
  from fresh f left join claimed_container k on k.key = f.key
 order by f.key
on conflict (key) do update set counting = excluded.counting, whole = excluded.whole

-- name: wait
-- What comes after a person's decision waits, and so do the last declared beyond the bound, whoever joined last.
with late as (
  select f.key, f.dossier
    from unnest(%(keys)s::text[], %(dossiers)s::uuid[]) as f (key, dossier)
    join claimed_container c on c.key = f.key and c.closed
  union
  select c.key, last.dossier
    from claimed_container c
   cross join lateral (
     select o.dossier from dossier_object o
      where o.key = c.key and o.kind = 'container' and o.standing = 'counts'
      order by o.since desc, o.dossier desc
      limit greatest(c.counting - %(most)s, 0)) last
   where c.key = any (%(keys)s) and not c.closed and c.counting > %(most)s
), waiting as (
  update dossier_object o set standing = 'waits'
    from late l
   where o.dossier = l.dossier and o.kind = 'container' and o.key || '' = l.key
  returning o.key, o.dossier, o.number, o.lot
), fewer as (
  update claimed_container c set counting = c.counting - w.waiting, whole = c.whole - w.whole
    from (select key, count(*) as waiting, count(*) filter (where not lot) as whole
            from waiting group by key) w
   where c.key = w.key
)
select d.id, w.number, d.name, d.viewers, w.key
  from waiting w join dossier d on d.id = w.dossier
 order by d.id, w.number

-- name: contest
-- Everybody when a box becomes contested, afterwards only who comes anew.
with newly as (
  update claimed_container c set contested = true
   where c.key = any (%(keys)s) and not c.contested and c.counting > 1 and c.whole > 0
  returning c.key
), concerned as (
  select o.dossier, o.number, o.key
    from newly n
    join dossier_object o on o.key = n.key and o.kind = 'container' and o.standing = 'counts'
  union
  select o.dossier, o.number, o.key
    from unnest(%(keys)s::text[], %(dossiers)s::uuid[]) as f (key, dossier)
    join claimed_container c on c.key = f.key and c.contested
    join dossier_object o
      on o.dossier = f.dossier and o.kind = 'container' and o.key || '' = f.key and o.standing = 'counts'
)
select d.id, c.number, d.name, d.viewers, c.key
  from concerned c join dossier d on d.id = c.dossier
 order by d.id, c.number

-- name: recount
-- After a correction nothing is contested where one is left, or all declare a shared load: nobody is asked any more, nor
-- whose own documents name the container no more.
with counted as (
  update claimed_container c
     set counting = n.counting, whole = n.whole, contested = c.contested and n.disputed
    from unnest(%(keys)s::text[]) as asked (key)
   cross join lateral claims_counted(asked.key, '{}') n
   where c.key = asked.key
  returning c.key, c.contested
), named as materialized (
  select o.key, o.dossier, o.number, o.standing, c.contested
    from counted c
   cross join lateral (
     select key, dossier, number, standing from dossier_object
      where key = c.key and kind = 'container' offset 0) o
), firms as (
  update task t set state = 'done', done_at = %(at)s, done_by = 'coordination'
    from named o
   where t.kind = any (array[%(twice)s, %(waits)s]) and t.dossier = o.dossier and t.about = o.number
     and t.state = 'open'
     and (o.standing = 'ended' or (t.kind = %(twice)s and not o.contested))
)
update task t set state = 'done', done_at = %(at)s, done_by = 'coordination'
  from counted c
 where t.kind = %(whose)s and t.dossier = '00000000-0000-0000-0000-000000000000' and t.about = c.key
   and t.state = 'open' and not c.contested
   and not exists (select from named o where o.key = c.key and o.standing = 'waits')

-- name: deciders
select id from party where kind = any (%s) or partner = any (%s) order by id

-- name: ask_people
-- What was settled and comes up anew is asked anew.
insert into task as t (kind, dossier, about, text_zh, text_en, made_at, viewers)
select kind, dossier, about, zh, en, at, viewers
  from json_to_recordset(%s::json) as given (
    kind text, dossier uuid, about text, zh text, en text, at timestamptz, viewers int[])
on conflict (kind, dossier, about, version) do update
   set state = 'open', text_zh = excluded.text_zh, text_en = excluded.text_en, made_at = excluded.made_at,
       done_at = null, done_by = '', viewers = excluded.viewers
 where t.state = 'done'
