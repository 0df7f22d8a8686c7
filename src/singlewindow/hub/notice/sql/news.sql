-- The journal for a subscriber that is told of few verbs among many.

-- name: next
-- How far a batch of positions reaches, and the entries in it that are told of. Positions and entry ids
-- nearly agree, so a range of ids bounds what the small index is asked; late entries widen the range. Each entry's
-- position is looked up by itself: planned as a join, every position of the batch asked the small index.
with span as materialized (
  select max(position) as last, min(entry_id) as low, max(entry_id) as high
    from (select position, entry_id from journal_position
           where position > %(after)s order by position limit %(limit)s) as batch
)
select span.last, told.*
  from span
  left join lateral (
    select p.position, e.id, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.actor_party,
           e.subject_kind, e.subject_id, e.submission_id, e.content, e.viewers
      from journal_entry e
     cross join lateral (select position from journal_position where entry_id = e.id limit 1) p
     where e.id between span.low and span.high and journal_tells(e.verb, e.content) and e.verb = any (%(verbs)s)
       and p.position > %(after)s and p.position <= span.last
  ) told on true
 order by told.position
