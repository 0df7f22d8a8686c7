-- The table's trigger lets this one change through, and only with the right commitment. What a subscriber has still to
-- read is left to it, and that something was erased is never erased.
update journal_entry e
   set commitment = sha256(e.salt || e.content), content = null, salt = null
  from journal_position p
 where p.position = any (%(positions)s) and e.id = p.entry_id and e.content is not null and e.verb <> %(verb)s
   and p.position <= all (select position from journal_cursor)
returning p.position, e.verb, e.subject_kind, e.subject_id, e.submission_id, e.viewers
