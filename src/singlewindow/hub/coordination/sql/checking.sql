-- A task that a person ends.

-- name: task
-- Open, and given to the asking party or to one that was merged into it. A container that is called back is barred
-- while it is in the consignment and not released.
select t.kind, t.dossier, coalesce(d.name, ''), t.about, t.text_zh, t.text_en, t.viewers, p.kind,
       t.kind = 'recall'
       and exists (select from dossier_object o
                    where o.dossier = t.dossier and o.kind = 'container' and o.number = t.about
                      and o.standing = 'counts'
                      and not exists (select from disposition s
                                       where s.dossier = o.dossier and s.subject_kind = 'container'
                                         and s.subject_key = o.key and s.kind = 'released'))
  from task t
  join party p on p.id = %(party)s
  left join dossier d on d.id = t.dossier
 where t.id = %(task)s and t.state = 'open'
   and t.viewers && %(parties)s::int[]
   for update of t

-- name: done
update task set state = 'done', done_at = %s, done_by = %s where id = %s returning id
