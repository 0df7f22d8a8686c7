-- Roles of pages and components that could look past row-level security, and why.
select r.rolname, concat_ws(', ',
  case when r.rolsuper then 'superuser' end,
  case when r.rolbypassrls then 'bypassrls' end,
  case when r.rolcreaterole then 'createrole' end,
  case when not r.rolsuper and pg_has_role(r.oid, 'sw_owner', 'member') then 'member of sw_owner' end,
  case when not r.rolsuper and pg_has_role(r.oid, 'sw_engine', 'member') then 'member of sw_engine' end,
  case when exists (select from pg_class c where c.relowner = r.oid) then 'owns tables' end)
from pg_roles r
where (r.rolname = 'sw_web' or starts_with(r.rolname, 'sw_component'))
  and (r.rolsuper or r.rolbypassrls or r.rolcreaterole
       or pg_has_role(r.oid, 'sw_owner', 'member') or pg_has_role(r.oid, 'sw_engine', 'member')
       or exists (select from pg_class c where c.relowner = r.oid))
order by r.rolname
