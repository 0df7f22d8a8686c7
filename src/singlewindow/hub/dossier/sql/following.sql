-- The journal as the dossier room reads it: only what opens or joins a dossier.

-- name: read
-- How far a batch of positions reaches, and what was accepted in it. Positions and entry ids nearly agree, so a range
-- of ids bounds what the small index is asked; late entries widen the range. Each entry's position is looked up
-- by itself: planned as a join, all positions of the batch were compared with all entries of the range.
with span as materialized (
  select max(position) as last, min(entry_id) as low, max(entry_id) as high
    from (select position, entry_id from journal_position
           where position > %(after)s order by position limit %(limit)s) as batch
)
select span.last,
       array(select e.submission_id
               from journal_entry e
              cross join lateral (select position from journal_position where entry_id = e.id limit 1) p
              where e.id between span.low and span.high and e.verb = 'submission.accepted'
                and p.position > %(after)s and p.position <= span.last)
  from span
