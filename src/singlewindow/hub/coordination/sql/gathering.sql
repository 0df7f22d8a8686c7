-- What is still to be decided on.

-- name: put_off
insert into coordination_due (dossier, call, since)
select dossier, call, %s from unnest(%s::uuid[], %s::text[]) as touched (dossier, call)
on conflict do nothing

-- name: due
-- By where the rows lie: by their keys, all would be compared with all.
delete from coordination_due where ctid = any (array(
  select ctid from coordination_due order by since, dossier, call limit %s))
returning dossier, call
