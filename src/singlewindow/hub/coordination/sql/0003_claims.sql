-- Why a pass that nobody's order took away is not in force; and what those who share a box read of its pass.

-- claimed: another consignment named the box, and a person must say whose it is. shared: others' goods are in it.
alter table gate_pass add column suspended text not null default '' check (suspended in ('', 'claimed', 'shared'));
alter table gate_pass add column shared boolean generated always as (cardinality(dossiers) > 1) stored;
grant delete on disposition to sw_engine;

-- Whoever has goods in a box reads how its pass stands, not whose goods are beside them.
revoke select on gate_pass from sw_web;
grant select (key, number, seals, version, issued_at, valid_until, revoked_at, used_at, gate, suspended, shared)
  on gate_pass to sw_web;
create policy openings on gate_pass for select to sw_owner using (true);
create policy openings on release for select to sw_owner using (true);

-- Of the releases a pass rests on, those that the viewer may read.
create function releases_of_pass(pass text) returns text[] language sql stable
  security definer set search_path = sw, pg_temp as $$
  select coalesce(array_agg(r.number order by r.number), '{}')
    from gate_pass p join release r on r.number = any (p.releases)
   where p.key = pass and p.viewers && viewing() and r.viewers && viewing()
  $$;
-- Whom a box's leaving concerns: only for the gate that lets it out.
create function concerned_by_pass(pass text) returns int[] language sql stable
  security definer set search_path = sw, pg_temp as $$
  select p.viewers from gate_pass p where p.key = pass and p.operators && viewing()
  $$;
revoke execute on function releases_of_pass(text), concerned_by_pass(text) from public;
grant execute on function releases_of_pass(text), concerned_by_pass(text) to sw_web;
