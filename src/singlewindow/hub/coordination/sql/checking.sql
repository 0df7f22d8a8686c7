-- A task that a person ends.

-- name: task
-- Open, and given to the asking party or to one that was merged into it.
select t.kind, t.dossier, coalesce(d.name, ''), t.text_zh, t.text_en, t.viewers, p.kind
  from task t
  join party p on p.id = %(party)s
  left join dossier d on d.id = t.dossier
 where t.id = %(task)s and t.state = 'open'
   and t.viewers && %(parties)s::int[]
   for update of t

-- name: done
update task set state = 'done', done_at = %s, done_by = %s where id = %s returning id
