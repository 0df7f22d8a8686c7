-- Numbers what is visible and has no number: entries above the highest numbered id, and late ones
-- that fill a gap. The limits stand inside the arms so that each reads its index in order and stops,
-- whatever the planner believes of tables it has not yet counted.
-- All that is said of it is one row: the ids and their leaves, in the order of the positions.
with unnumbered as materialized (
  (select id, leaf from journal_entry where id > %(high)s order by id limit %(limit)s)
  union all
  (select late.id, late.leaf from journal_gap g cross join lateral (
     select id, leaf from journal_entry where id between g.first and g.last order by id limit %(limit)s
   ) late)
  order by id
  limit %(limit)s
), numbered as (
  insert into journal_position (position, entry_id, leaf)
  select %(size)s + row_number() over (order by id) - 1, id, leaf from unnumbered
)
select coalesce(array_agg(id order by id), '{}'), coalesce(array_agg(leaf order by id), '{}') from unnumbered
