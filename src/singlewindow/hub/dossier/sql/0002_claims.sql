-- A container named by several consignments of one call: whose claim counts, and which wait for a person.

-- counts: the box waits for these goods too. waits: kept, but not waited for until a person settles it.
-- ended: a person said that these goods are not in it, or (dropped) no document that counts names it any more: then one
-- that names it again brings it back.
alter table dossier_object
  add column standing text not null default 'counts' check (standing in ('counts', 'waits', 'ended')),
  add column dropped boolean not null default false,
  add constraint dossier_object_ended check (standing <> 'ended' or until is not null),
  add constraint dossier_object_dropped check (standing = 'ended' or not dropped);
create index dossier_object_claim on dossier_object (key, since, dossier)
  where kind = 'container' and standing = 'counts';

-- Whether a container still comes with two ships at a time is asked every moment, and hardly one does.
create index task_overlaps on task (dossier) where kind = 'container_overlaps' and state = 'open';

-- Containers that more than one consignment ever named. Few beside all: the others have no row here.
create table claimed_container (
  key       text    primary key collate "C",
  counting  int     not null,                        -- claims that count …
  whole     int     not null,                        -- … and of these, declared as full loads
  contested boolean not null default false,          -- a full load and another: somebody is wrong
  closed    boolean not null default false           -- a person said whose it is: later claims wait
);
alter table claimed_container enable row level security;
alter table claimed_container force row level security;
grant select, insert, update on claimed_container to sw_engine;

-- The claims on a container that count, counted anew. A full load and another are still in dispute unless all of them
-- were settled together.
create function claims_counted(container text, settled uuid[])
  returns table (counting int, whole int, disputed boolean)
  language sql stable as $$
  select n.counting, n.whole, n.counting > 1 and n.whole > 0 and n.unsettled > 0
    from (select count(*)::int as counting, (count(*) filter (where not lot))::int as whole,
                 count(*) filter (where dossier <> all (settled)) as unsettled
            from dossier_object
           where kind = 'container' and key = container and standing = 'counts') n
  $$;
