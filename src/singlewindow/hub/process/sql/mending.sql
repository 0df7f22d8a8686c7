-- What was sent back and is to be mended.

-- name: asked
-- What is asked of a submission and not yet answered by handing it in again.
select d.submission_id, d.document_id, d.code, d.partner, d.kind, d.name_zh, d.name_en, d.text_zh, d.text_en,
       d.action_zh, d.action_en, d.reason, d.since, d.deadline
  from duty d
 where d.submission_id = %(submission)s and d.code = 'correct' and d.done_at is null
 order by d.deadline nulls last, d.since, d.partner
 limit %(most)s

-- name: answer
update duty set done_at = %(at)s
 where submission_id = %(submission)s and code = 'correct' and done_at is null
returning document_id, partner, viewers
