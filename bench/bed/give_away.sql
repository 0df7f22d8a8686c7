-- The copies that multiply.sql has just made become a stranger's: nobody who is measured may see them.
update sw.submission set viewers = array[current_setting('bench.stranger')::int]
 where id not in (select id from origin);
update sw.document set viewers = array[current_setting('bench.stranger')::int]
 where submission_id not in (select id from origin);
update sw.document_version set viewers = array[current_setting('bench.stranger')::int]
 where submission_id not in (select id from origin);
update sw.document_key set viewers = array[current_setting('bench.stranger')::int]
 where submission_id not in (select id from origin);
update sw.message set viewers = array[current_setting('bench.stranger')::int]
 where submission_id not in (select id from origin);
update sw.receipt set viewers = array[current_setting('bench.stranger')::int]
 where submission_id not in (select id from origin);
