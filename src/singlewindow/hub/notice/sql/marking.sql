-- What a reader has read: a person, or (0) the programs of a party together. Row-level security keeps marks to the
-- viewer's own parties.

-- name: one
insert into notice_read (person, party, position, at, viewers)
select %(person)s, n.party, n.position, %(at)s, array[n.party]
  from notice n
 where n.party = %(party)s and n.position = %(position)s
on conflict do nothing

-- name: through
-- Where all up to a place was read one by one, the reader stands there: nobody looks through it again.
with stood as materialized (
  select coalesce((select up_to from notice_reader where person = %(person)s and party = %(party)s), -1) as up_to
), unread as materialized (
  select (select o.position from notice o
           where o.party = %(party)s and o.position > stood.up_to
             and not exists (select from notice_read d where d.person = %(person)s and d.party = o.party
                                                         and d.position = o.position)
           order by o.position limit 1) as position
    from stood
)
insert into notice_reader (person, party, up_to, at, viewers)
select %(person)s, n.party, n.position, %(at)s, array[n.party]
  from notice n, stood, unread
 where n.party = %(party)s and n.position > stood.up_to
   and (unread.position is null or n.position < unread.position)
 order by n.position desc
 limit 1
on conflict (person, party) do update
   set up_to = greatest(notice_reader.up_to, excluded.up_to), at = excluded.at

-- name: all
-- Up to what there is: a position beyond the newest would mark what nobody has been shown.
with newest as materialized (
  select n.party, n.position
    from notice n
   where n.party = %(party)s and n.position <= %(position)s
   order by n.position desc
   limit 1
), kept as (
  insert into notice_through (person, party, up_to, at, viewers)
  select %(person)s, party, position, %(at)s, array[party] from newest
  on conflict do nothing
)
insert into notice_reader (person, party, up_to, at, viewers)
select %(person)s, party, position, %(at)s, array[party] from newest
on conflict (person, party) do update
   set up_to = greatest(notice_reader.up_to, excluded.up_to), at = excluded.at
