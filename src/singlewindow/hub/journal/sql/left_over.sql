select
  (select count(*) from journal_tile where index >= (%(size)s >> (8 * level))),
  (select count(*) from journal_entry e
   where not exists (select from journal_position p where p.entry_id = e.id))
