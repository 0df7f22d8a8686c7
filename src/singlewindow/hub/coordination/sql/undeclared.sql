-- Tasks about what an agency names and nobody declared: made, at most so many open of one agency in a consignment;
-- and as they end by themselves: whoever had one reads of it.

-- name: ask
-- What is beyond the bound is one task, under the agency's name alone; once a person has ended it, more asks anew.
with asked as (
  select * from json_to_recordset(%(tasks)s::json) as t (
    dossier uuid, agency text, about text, zh text, en text, more_zh text, more_en text, at timestamptz, viewers int[])
), fresh as (
  select a.*, row_number() over (partition by a.dossier, a.agency order by a.about)
         + (select count(*) from task t
             where t.kind = %(kind)s and t.dossier = a.dossier and t.state = 'open'
               and starts_with(t.about, a.agency || ' ')) as place
    from asked a
), each as (
  insert into task (kind, dossier, about, text_zh, text_en, made_at, viewers)
  select %(kind)s, dossier, about, zh, en, at, viewers from fresh where place <= %(most)s
  on conflict do nothing
)
insert into task as t (kind, dossier, about, text_zh, text_en, made_at, viewers)
select distinct on (dossier, agency) %(kind)s, dossier, agency, more_zh, more_en, at, viewers
  from fresh where place > %(most)s
on conflict (kind, dossier, about, version) do update
   set state = 'open', made_at = excluded.made_at, done_at = null, done_by = '', viewers = excluded.viewers
 where t.state = 'done'

-- name: said_anew
-- By the instruction that named it: a newer one of its line has come.
update task t set state = 'done', done_at = said.at, done_by = 'coordination'
  from (select %s::text as kind) of_kind, dossier d,
       unnest(%s::timestamptz[], %s::uuid[], %s::text[]) as said (at, dossier, about)
 where t.kind = of_kind.kind and t.state = 'open' and t.dossier = said.dossier and t.about = said.about
   and d.id = t.dossier
returning t.done_at, t.dossier, d.name, '', t.text_zh, t.text_en, t.viewers

-- name: named
-- What is still asked about. The instruction keeps the number that it gave, and says by its kind that nobody had
-- declared it then.
select t.dossier, t.about, i.subject_key
  from instruction i, task t
 where i.dossier = any (%(dossiers)s) and i.subject_kind = 'unknown'
   and t.kind = %(kind)s and t.state = 'open' and t.dossier = i.dossier
   and t.about = i.agency || ' ' || i.id || ' v' || i.version

-- name: declared
update task t set state = 'done', done_at = %(at)s, done_by = 'coordination'
  from unnest(%(dossiers)s::uuid[], %(abouts)s::text[], %(numbers)s::text[]) as named (dossier, about, number),
       dossier d, dossier_object o
 where o.dossier = named.dossier and o.kind = 'container' and o.number = named.number
   and t.kind = %(kind)s and t.state = 'open' and t.dossier = named.dossier and t.about = named.about
   and d.id = named.dossier
returning t.done_at, t.dossier, d.name, o.number, t.text_zh, t.text_en, t.viewers
