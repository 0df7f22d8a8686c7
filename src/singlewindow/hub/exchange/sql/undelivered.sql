-- Declarations' documents that were laid aside, as the worker takes note of them.

-- name: take
-- Each once. Of one that its receiver has answered nothing more is to be done: it arrived after all.
with taken as (
  update letter_aside set taken_at = %(at)s
   where seq = any (array(select seq from letter_aside where taken_at is null order by seq limit %(most)s))
  returning seq, at, reason
)
select m.submission_id, m.document_id, t.at, t.reason
  from taken t
  join outbox o on o.seq = t.seq
  join message m on m.submission_id = o.submission_id and m.id = o.message
  join document d on d.submission_id = m.submission_id and d.id = m.document_id and d.version = m.version
 where d.state_at is null
 order by t.seq
