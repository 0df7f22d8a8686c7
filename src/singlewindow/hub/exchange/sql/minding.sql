-- What those who mind the lanes ask and do; functions of 0003 decide which lanes these are.

-- name: lanes
select partner, breaker, failures, problem, probe_at, since, fetch_failures, fetch_problem, unfetched_since, fetched_at,
       paused_at, paused_by, paused_for, disconnected, waiting, oldest_at, dead, dead_since, unread, answered_at, minutes::text
  from lanes_minded(%s, %s)

-- name: letters
select seq, partner, kind, message_id, reference, submission_id, message, attempts, problem, state > 0, ready_at,
       leased_until, created_at, digest, viewers, aside_at, aside_by, aside_for
  from letters_minded(%s, %s, %s, %s)

-- name: letter
select seq, partner, kind, message_id, reference, submission_id, message, attempts, problem, state > 0, ready_at,
       leased_until, created_at, digest, viewers, aside_at, aside_by, aside_for
  from letter_minded(%s)

-- name: letters_aside
select seq, partner, kind, message_id, reference, submission_id, message, attempts, problem, state > 0, ready_at,
       leased_until, created_at, digest, viewers, aside_at, aside_by, aside_for
  from letters_aside(%s, %s, %s)

-- name: letters_aside_counted
select count(*) from letters_aside(%s, 9223372036854775807, 2147483647)

-- name: letter_lay_aside
select seq, partner, submission_id, message, viewers from letter_lay_aside(%s, %s, %s, %s, %s, %s)

-- name: reasons
select partner, problem, number, first, since from reasons_minded(%s)

-- name: answers
select id, partner, source, problem, again, received_at, aside_at, aside_by, aside_for, digest
  from answers_minded(%s, %s, %s)

-- name: answer
select id, partner, source, problem, again, received_at, aside_at, aside_by, aside_for, digest
  from answer_minded(%s)

-- name: again
select seq, partner, submission_id, message, viewers from letters_again(%s::bigint[], %s::bigint, %s, %s, %s)

-- name: wake
select pg_notify('outbox', partner) from unnest(%s::text[]) as partner

-- name: answers_again
select id, partner, digest, viewers from answers_again(%s::bigint[], %s, %s)

-- name: lay_aside
select id, partner, digest, viewers from answer_lay_aside(%s, %s, %s, %s, %s, %s)

-- name: answers_aside
select id, partner, source, problem, again, received_at, aside_at, aside_by, aside_for, digest
  from answers_aside(%s, %s, %s)

-- name: answers_counted
select count(*) from answers_minded(%s, 0, 2147483647)

-- name: answers_aside_counted
select count(*) from answers_aside(%s, 9223372036854775807, 2147483647)

-- name: take_up
select id, partner, digest, viewers from answer_take_up(%s)

-- name: pause
select viewers from lane_pause(%s, %s, %s, %s)

-- name: disconnect
select viewers from lane_disconnect(%s, %s, %s, %s)

-- name: connect
select viewers from lane_connect(%s)

-- name: resume
select viewers from lane_resume(%s)

-- name: probe
select viewers from lane_probe(%s, %s, %s)

-- name: sent_again
select seq, partner, kind, message_id, reference, submission_id, message, created_at, again_at, again_by, digest
  from letter_sent_again(%s)

-- name: applied_again
select id, partner, received_at, applied, again_at, again_by, digest from answer_applied_again(%s)
