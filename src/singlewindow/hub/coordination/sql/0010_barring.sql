-- Of very many goods few are barred at a time. Lists ask which of one firm's these are, and asked each of thousands of
-- declarations for its goods, nearly all of which are free. An index can tell whose they are only before the policy, so
-- the function says what the policy would. What only waits or is released costs this index nothing.
create index disposition_barring on disposition using gin (viewers) with (fastupdate = off)
  where kind not in ('pending', 'released');
create function goods_barred() returns table (dossier uuid, kind text) language sql stable
  security definer set search_path = sw, pg_temp as $$
  select d.dossier, d.kind from disposition d
   where d.viewers && viewing() and d.kind not in ('pending', 'released')
  $$;
revoke execute on function goods_barred() from public;
grant execute on function goods_barred() to sw_web;
