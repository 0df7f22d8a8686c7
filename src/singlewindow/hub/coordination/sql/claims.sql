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
          p.operators || array(select id from party where kind = 'platform'),
          p.viewers || array(select id from party where kind = 'platform')

-- name: settlers
select id from party where kind = any (%s) or partner = any (%s)

-- name: platform
select id from party where kind = 'platform'

-- name: claim
select o.key, o.standing, p.used_at is not null
  from dossier_object o
  join claimed_container c on c.key = o.key
  left join gate_pass p on p.key = o.key
 where o.dossier = %s and o.kind = 'container' and o.number = %s
 order by o.since desc limit 1

-- name: others
select dossier from dossier_object
 where kind = 'container' and key = %s and dossier <> %s and standing <> 'ended'

-- name: end
update dossier_object set standing = 'ended', until = greatest(since, %s)
 where kind = 'container' and key = %s and dossier = any (%s)

-- name: admit
update dossier_object set standing = 'counts', until = null
 where kind = 'container' and key = %s and dossier = %s and standing <> 'counts'

-- name: recount
update claimed_container c
   set counting = n.counting, whole = n.whole, closed = c.closed or %(closed)s,
       contested = c.contested and %(contested)s and n.counting > 1 and n.whole > 0
  from (select count(*) as counting, count(*) filter (where not lot) as whole
          from dossier_object
         where kind = 'container' and key = %(key)s and standing = 'counts') n
 where c.key = %(key)s
returning c.contested, c.counting

-- name: undoubted
-- What the pass waits for now is no decision any more.
update gate_pass set suspended = %s where key = %s and suspended = 'claimed' and used_at is null

-- name: close
-- The decided ones' tasks, and once nothing is contested everybody's that asked whose it is.
update task t set state = 'done', done_at = %(at)s, done_by = %(by)s
  from dossier_object o
 where t.state = 'open' and t.dossier = o.dossier and t.about = o.number
   and o.kind = 'container' and o.key = %(key)s
   and (t.kind = %(twice)s and (not %(contested)s or o.dossier = any (%(decided)s))
        or t.kind = %(waits)s and o.dossier = any (%(decided)s))

-- name: forget
delete from disposition where subject_kind = 'container' and subject_key = %s and dossier = any (%s)
