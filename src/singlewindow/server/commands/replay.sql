-- What ``replay`` asks of dead letters, of one partner or of all.

-- name: counted
select count(*), coalesce(max(seq), 0)
  from outbox
 where state = 1 and (%(partner)s::text is null or partner = %(partner)s)

-- name: listed
select seq, partner, submission_id, message, attempts, problem, viewers
  from outbox
 where state = 1 and (%(partner)s::text is null or partner = %(partner)s) and seq > %(after)s
 order by seq
 limit %(most)s

-- name: next
select seq
  from outbox
 where state = 1 and (%(partner)s::text is null or partner = %(partner)s) and seq > %(after)s and seq <= %(last)s
 order by seq
 limit %(most)s

-- name: named
-- Laid aside or not: a number says which is meant.
select seq
  from outbox
 where state > 0 and (%(partner)s::text is null or partner = %(partner)s) and seq = any (%(seqs)s)
 order by seq
