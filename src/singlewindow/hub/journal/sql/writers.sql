-- Transactions of this database that hold the lock every writer of entries holds until its end.
select virtualtransaction from pg_locks
where locktype = 'relation' and relation = 'journal_entry'::regclass and mode = 'RowExclusiveLock'
  and database = (select oid from pg_database where datname = current_database())
