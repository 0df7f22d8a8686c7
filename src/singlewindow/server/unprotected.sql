-- Tables with somebody's data (readers, or a party, stand in the row) without forced row-level security.
select c.relname
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'sw' and c.relkind in ('r', 'p')
  and not (c.relrowsecurity and c.relforcerowsecurity)
  and exists (
    select from pg_attribute a
    where a.attrelid = c.oid and not a.attisdropped
      and a.attname in ('viewers', 'party', 'party_id', 'actor_party', 'person_id', 'principal', 'agent'))
order by c.relname
