-- The record of what somebody settled; row-level security leaves out what does not concern the viewer.

-- name: replayed
-- Where the journal tells that a dead letter was last sent again.
select p.position
  from journal_entry e
  join journal_position p on p.entry_id = e.id
 where e.submission_id = %(submission)s and e.verb = 'message.replayed' and e.subject_id = %(message)s
 order by e.id desc
 limit 1
