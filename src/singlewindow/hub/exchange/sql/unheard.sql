-- Lanes whose partner is not heard; since when, as Lane.unheard_since has it. One that was disconnected is not asked.

-- name: silent
-- Once a silence: what ends it forgets that it was told.
update lane
   set unheard_told = coalesce(unfetched_since, fetched_at)
 where coalesce(unfetched_since, fetched_at) <= %(at)s - %(bound)s and unheard_told is null
   and not disconnected
returning partner, unheard_told, lane_people(partner)

-- name: heard
with over as (
  select partner, unheard_told from lane
   where coalesce(unfetched_since, fetched_at) > %(at)s - %(bound)s and unheard_told is not null
     for update
)
update lane set unheard_told = null
  from over where lane.partner = over.partner
returning over.partner, over.unheard_told, lane_people(over.partner)
