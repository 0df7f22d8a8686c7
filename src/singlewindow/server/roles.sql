-- Database roles of the platform (architecture section 5). Run once per cluster by its superuser,
-- and again at every start: every statement is safe to repeat.
-- Passwords, and one login role sw_component_<connector> in sw_component, are added by Python.
do $$
declare
  wanted record;
begin
  for wanted in select * from (values
    ('sw_owner',  'login nobypassrls'),  -- owns the schema; migrations only
    ('sw_web',    'login nobypassrls'),  -- portal and API; everything under row-level security
    ('sw_intake', 'login bypassrls'),    -- doors: insert only, reads nothing but claims
    ('sw_engine', 'login bypassrls')     -- worker: granted table by table
  ) as role(name, attributes) loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.attributes);
    end if;
    execute format('alter role %I set search_path = sw', wanted.name);
    execute format('alter role %I set timezone = ''UTC''', wanted.name);
    execute format('alter role %I set idle_in_transaction_session_timeout = ''60s''', wanted.name);
  end loop;
end
$$;
do $$
begin
  if not exists (select from pg_roles where rolname = 'sw_component') then
    create role sw_component nologin;      -- what every component may do; each sees its own rows
  end if;
end
$$;
create schema if not exists sw authorization sw_owner;
grant usage on schema sw to sw_web, sw_intake, sw_engine, sw_component;
