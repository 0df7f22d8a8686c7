-- One look-up an id, by lateral and limit: a join may be planned as a scan of the whole journal. What a container does
-- at a gate belongs to all consignments in it, and so to none: pages know it by the container.
select distinct about, viewers
from unnest(%b::bigint[]) as numbered (id) cross join lateral (
  select coalesce(submission_id, case subject_kind when 'gate' then subject_id end) as about, viewers
    from journal_entry e where e.id = numbered.id limit 1
) touched
where about is not null
limit %s
