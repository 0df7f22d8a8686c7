-- Numbers what is visible and has no number: entries above the highest numbered id, and late ones
-- that fill a gap. The limits stand inside the arms so that each reads its index in order and stops,
-- whatever the planner believes of tables it has not yet counted.
with unnumbered as (
  (select id, leaf from journal_entry where id > %(high)s order by id limit %(limit)s)
  union all
  (select late.id, late.leaf from journal_gap g cross join lateral (
     select id, leaf from journal_entry where id between g.first and g.last order by id limit %(limit)s
   ) late)
  order by id
  limit %(limit)s
)
insert into journal_position (position, entry_id, leaf)
select %(size)s + row_number() over (order by id) - 1, id, leaf from unnumbered
returning position, entry_id, leaf
