-- What PostgreSQL need not sample of our tables. Who may read a row is always asked with a parameter, which
-- the planner reckons by a fixed share; digests, bytes and JSON are looked for by nobody. Sampling them was
-- a third of what ANALYZE cost while tables grow.
do $$
declare
  unasked record;
begin
  for unasked in
    select c.oid::regclass as relation, a.attname
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = 'sw'::regnamespace
     where a.attnum > 0 and not a.attisdropped and coalesce(a.attstattarget, -1) <> 0
       and (a.attname = 'viewers' or a.atttypid in ('bytea'::regtype, 'jsonb'::regtype))
       and pg_has_role(c.relowner, 'usage')
  loop
    execute format('alter table %s alter column %I set statistics 0', unasked.relation, unasked.attname);
  end loop;
end
$$;
