-- Dead letters that the journal has not told of.

-- name: untold
with told as (
  insert into dead_letter_told (seq, token, at)
  select o.seq, o.token, %(at)s
    from outbox o
   where o.state = 1 and not exists (select from dead_letter_told t where t.seq = o.seq and t.token = o.token)
   order by o.seq
   limit %(most)s
  on conflict do nothing
  returning seq
)
select o.submission_id, o.message, o.partner, m.kind, o.viewers
  from told
  join outbox o on o.seq = told.seq
  join message m on m.submission_id = o.submission_id and m.id = o.message
 order by o.seq

-- name: marked
-- Where the message told of orders or releases, that telling failed.
update notification set answer = -1 where message = any (%s)
