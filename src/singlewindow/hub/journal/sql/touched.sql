-- One look-up an id, by lateral and limit: a join may be planned as a scan of the whole journal.
select distinct submission_id, viewers
from unnest(%b::bigint[]) as numbered (id) cross join lateral (
  select submission_id, viewers from journal_entry e where e.id = numbered.id limit 1
) touched
where submission_id is not null
limit %s
