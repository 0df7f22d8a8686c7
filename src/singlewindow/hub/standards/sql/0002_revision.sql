-- A list's revision grows with every change of it: what processes compare to keep their memory fresh.
-- It is a column of the list's own row, whose lock makes changes of one list follow one another.

alter table code_list add column revision bigint not null default 1;

create function codes_changed() returns trigger language plpgsql
  security definer set search_path = sw, pg_temp as
  $$ begin
    update code_list set revision = revision + 1 where id in (select list from changed);
    return null;
  end $$;
create trigger added after insert on code
  referencing new table as changed for each statement execute function codes_changed();
create trigger altered after update on code
  referencing new table as changed for each statement execute function codes_changed();
create trigger dropped after delete on code
  referencing old table as changed for each statement execute function codes_changed();

create function code_list_changed() returns trigger language plpgsql as
  $$ begin new.revision := old.revision + 1; return new; end $$;
create trigger altered before update of name_zh, name_en, source_zh, source_en, imported_at on code_list
  for each row execute function code_list_changed();

revoke execute on function codes_changed(), code_list_changed() from public;
