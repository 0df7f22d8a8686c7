-- A container that several consignments claim: passes that wait, and what a person decides.

-- name: suspend
-- A consignment that joined a container after its pass was given: the box waits for it too.
update gate_pass p
   set revoked_at = %(at)s, version = version + 1,
       suspended = case when exists (select from claimed_container c where c.key = p.key and c.contested)
                        then 'claimed' else 'shared' end
  from unnest(%(keys)s::text[], %(dossiers)s::uuid[]) as joined (key, dossier)
 where p.key = joined.key and joined.dossier <> all (p.dossiers) and p.used_at is null and p.revoked_at is null
   and (select o.standing from dossier_object o
         where o.dossier = joined.dossier and o.kind = 'container' and o.key || '' = p.key) = 'counts'
returning p.suspended, p.key, p.number, p.version, p.dossiers, p.seals, p.valid_until,
          p.operators || array(select id from platform_operator),
          p.viewers || array(select id from platform_operator)

-- name: settlers
select id from party where kind = any (%s) or partner = any (%s)

-- name: platform
select id from platform_operator

-- name: claims
select o.dossier, o.number, o.standing, c.contested, p.used_at is not null
  from claimed_container c
  join dossier_object o on o.key = c.key and o.kind = 'container'
  left join gate_pass p on p.key = c.key
 where c.key = %s and o.dossier = any (%s)

-- name: asked_still
select from task where kind = %s and about = %s and state = 'open'

-- name: end
update dossier_object set standing = 'ended', dropped = false, until = greatest(since, %s)
 where kind = 'container' and key = %s and dossier = any (%s)

-- name: admit
update dossier_object set standing = 'counts', dropped = false, until = null
 where kind = 'container' and key = %s and dossier = any (%s) and standing <> 'counts'

-- name: recount
-- Who came in between, or was not shown, has not been decided on: what was contested stays so.
update claimed_container c
   set counting = n.counting, whole = n.whole, closed = c.closed or n.counting = 1,
       contested = c.contested and n.disputed
  from claims_counted(%(key)s, %(stands)s) n
 where c.key = %(key)s
returning c.contested, c.counting

-- name: undoubted
-- What the pass waits for now is no decision any more.
update gate_pass set suspended = %s where key = %s and suspended = 'claimed' and used_at is null

-- name: asked_lately
-- Of these the ones whose draft mends what was sent back: for others nothing is to be looked for, nor anybody to wait.
select distinct t.dossier
  from task t
 where t.state = 'open' and t.made_at > %(since)s and t.kind = %(kind)s
   and exists (select
                 from dossier_document j
                 join draft m on m.submission_id = j.submission_id and m.mends is not null
                where j.dossier = t.dossier
               offset 0)

-- name: judged
select a.id
  from unnest(%s::uuid[]) as a (id)
 cross join lateral (select from disposition d where d.dossier = a.id limit 1) d

-- name: free
-- Of containers that several claimed those about which nobody is asked, and whose pass is neither in force nor used.
select c.key, c.counting
  from claimed_container c
 where c.key = any (%s) and not c.contested
   and not coalesce((select p.used_at is not null or p.revoked_at is null from gate_pass p where p.key = c.key), false)
 order by c.key

-- name: close
-- The decided ones' tasks, and once nothing is contested everybody's that asked whose it is; that of who decides,
-- when nobody waits either.
with firms as (
  update task t set state = 'done', done_at = %(at)s, done_by = %(by)s
    from dossier_object o
   where t.state = 'open' and t.dossier = o.dossier and t.about = o.number
     and o.kind = 'container' and o.key = %(key)s
     and (t.kind = %(twice)s and (not %(contested)s or o.dossier = any (%(decided)s))
          or t.kind = %(waits)s and o.dossier = any (%(decided)s))
)
update task t set state = 'done', done_at = %(at)s, done_by = %(by)s
 where t.state = 'open' and t.kind = %(whose)s and t.about = %(key)s and not %(contested)s
   and not exists (select from dossier_object o
                    where o.kind = 'container' and o.key = %(key)s and o.standing = 'waits')

-- name: forget
delete from disposition where subject_kind = 'container' and subject_key = %s and dossier = any (%s)
