-- What calls of ships are known by.

-- name: known
-- These names, and every other name of the calls that they lead to; each by its key, however many calls there are.
select n.said, n.call, n.by_number
  from (select distinct call from conveyance_call where said = any (%b)) c
 cross join lateral (select said, call, by_number from conveyance_call where call = c.call offset 0) n

-- name: name
insert into conveyance_call (said, call, by_number)
select said, call, by_number from json_to_recordset(%s::json) as t (said text, call text, by_number boolean)
on conflict do nothing
