select p.position, e.id, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.actor_party,
       e.subject_kind, e.subject_id, e.submission_id, e.content, e.viewers
from journal_position p join journal_entry e on e.id = p.entry_id
where p.position > %s
order by p.position
limit %s
