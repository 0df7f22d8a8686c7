-- What was said of consignments, for whoever looks: row-level security decides of which. Pages and programs ask the same.

-- name: instructions
-- What is said of the goods and of their boxes; of the call, on which thousands sail, the lines that ever barred it and
-- the newest word of each agency.
with said as (
  select i.agency, i.channel, i.id, i.version from instruction i where i.dossier = any (%(dossiers)s)
  union
  select i.agency, i.channel, i.id, i.version
    from instruction i
   where i.subject_kind = 'container' and i.subject_key = any (%(shared)s)
  union
  select i.agency, i.channel, i.id, i.version
    from instruction bar
    join instruction i
      on i.dossier = bar.dossier and i.subject_kind = bar.subject_kind and i.subject_key = bar.subject_key
     and i.agency = bar.agency and i.channel = bar.channel and i.origin is not distinct from bar.origin
   where bar.subject_kind = 'conveyance' and bar."order" > 1 and bar.subject_key = any (%(shared)s)
  union
  select i.agency, i.channel, i.id, i.version
    from unnest(%(shared)s::text[]) as call (key)
   cross join (select partner from party where kind = 'agency' and partner is not null) as asked (agency)
   cross join lateral (
     select n.agency, n.channel, n.id, n.version
       from instruction n
      where n.subject_kind = 'conveyance' and n.subject_key = call.key and n.agency = asked.agency
      order by n.version desc
      limit 1) i
)
select i.agency, i.channel, i.id, i.version, i.dossier, i.origin, i."order", i.subject_kind, i.subject_key, i.method,
       i.items, i.basis, i.text, i.withdrawn, i.at,
       array(select e.subject_key from execution e where (e.agency, e.channel, e.id, e.version)
                                                       = (i.agency, i.channel, i.id, i.version)) as executed
from said join instruction i using (agency, channel, id, version)
order by i.at, i.agency, i.id, i.version limit 5000

-- name: sent
-- The documents by which it is told whether what is read still counts.
select dossier, agency, id, at, load, ended from documents_spoken_on(%(dossiers)s, %(shared)s)
