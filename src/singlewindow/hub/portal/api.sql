-- What programs ask of the journal; row-level security leaves out what does not concern them.

-- name: entries
select e.id, p.position, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.actor_party, e.subject_kind,
       e.subject_id, e.submission_id, e.content, e.salt, e.commitment, e.leaf, e.viewers
  from journal_entry e
  join journal_position p on p.entry_id = e.id
 where p.position > %(beyond)s
   and p.position < %(before)s
   and (%(about)s::uuid is null or e.submission_id = %(about)s)
   and (%(verb)s::text is null or e.verb = %(verb)s)

-- name: newest
 order by p.position desc
 limit %(most)s

-- name: oldest
 order by p.position
 limit %(most)s

-- name: entry
select e.id, p.position, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.actor_party, e.subject_kind,
       e.subject_id, e.submission_id, e.content, e.salt, e.commitment, e.leaf, e.viewers
  from journal_entry e
  join journal_position p on p.entry_id = e.id
 where p.position = %(position)s

-- name: checkpoints
select size, root, at, key_id, signature
  from journal_checkpoint where size < %(before)s order by size desc limit %(most)s
