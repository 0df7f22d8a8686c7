select p.position, p.entry_id, p.leaf, e.id, e.leaf,
       e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.actor_party,
       e.subject_kind, e.subject_id, e.submission_id, e.viewers,
       e.salt, e.content, e.commitment
from journal_position p left join journal_entry e on e.id = p.entry_id
order by p.position
