select distinct e.submission_id, e.viewers
from journal_position p join journal_entry e on e.id = p.entry_id
where p.position >= %s and e.submission_id is not null
limit %s
