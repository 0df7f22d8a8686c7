-- Roles of pages and components that could look past row-level security, and why: by what they are, by what they own,
-- or by a role they could take on. PostgreSQL's own pg_ roles read and write everything, or the server's files.
select rolname, why from (
  select r.rolname, concat_ws(', ',
    case when r.rolsuper then 'superuser' end,
    case when r.rolbypassrls then 'bypassrls' end,
    case when r.rolcreaterole then 'createrole' end,
    case when not r.rolsuper then
      (select string_agg('member of ' || m.rolname, ', ' order by m.rolname) from pg_roles m
        where m.oid <> r.oid and pg_has_role(r.oid, m.oid, 'member')
          and (m.rolsuper or m.rolbypassrls or m.rolcreaterole or m.rolname in ('sw_owner', 'sw_web')
               or starts_with(m.rolname, 'sw_component_') or starts_with(m.rolname, 'pg_')))
    end,
    case when exists (select from pg_class c where c.relowner = r.oid) then 'owns tables' end) as why
  from pg_roles r
  where r.rolname = 'sw_web' or starts_with(r.rolname, 'sw_component')) found
where why <> ''
order by rolname
