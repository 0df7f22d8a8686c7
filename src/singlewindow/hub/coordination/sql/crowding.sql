-- A container with more instructions than are compared at once.

-- name: ask
-- What was settled and comes up anew is asked anew. The container is nobody's alone.
insert into task as t (kind, dossier, about, text_zh, text_en, made_at, viewers)
select %(kind)s, '00000000-0000-0000-0000-000000000000', number,
       format('集装箱 %%s 上的监管指令超过 %%s 条，不再逐条比对，已按挂起处理；请核查申报和指令来源', number, %(most)s::int),
       format('Container %%s has more than %%s instructions: they are compared no further and it is held. Check '
              'the declarations that name it and where the instructions come from', number, %(most)s::int),
       %(at)s, array(select id from platform_operator)
  from unnest(%(numbers)s::text[]) as number
on conflict (kind, dossier, about, version) do update
   set state = 'open', made_at = excluded.made_at, done_at = null, done_by = '', viewers = excluded.viewers
 where t.state = 'done'
returning about

-- name: settle
update task set state = 'done', done_at = %(at)s, done_by = 'coordination'
 where kind = %(kind)s and about = any (%(numbers)s) and state = 'open'
