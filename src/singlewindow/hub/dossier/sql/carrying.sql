-- What carries consignments.

-- name: consignments
-- A dossier names a conveyance or two, a call is named by thousands of dossiers: the key is compared behind the fence.
select d.id, d.name, d.call, coalesce(o.number, '')
  from dossier d
  left join lateral (
    select key, number from dossier_object where dossier = d.id and kind = 'conveyance' offset 0) o on o.key = d.call
 where d.id = any (%b)

-- name: first
-- Of each container the consignment that was declared first, among those that count if any does.
select box.key, first.dossier
  from unnest(%b::text[]) as box (key)
 cross join lateral (
   select dossier
     from dossier_object
    where key = box.key and kind = 'container'
    order by standing = 'counts' desc, since, dossier
    limit 1) first
