-- What a reader has read: a person, or (0) the programs of a party together. Row-level security keeps marks to the
-- viewer's own parties.

-- name: one
insert into notice_read (person, party, position, at, viewers)
select %(person)s, n.party, n.position, %(at)s, array[n.party]
  from notice n
 where n.party = %(party)s and n.position = %(position)s
on conflict do nothing

-- name: all
-- Up to what there is: a position beyond the newest would mark what nobody has been shown.
insert into notice_reader (person, party, up_to, at, viewers)
select %(person)s, n.party, n.position, %(at)s, array[n.party]
  from notice n
 where n.party = %(party)s and n.position <= %(position)s
 order by n.position desc
 limit 1
on conflict (person, party) do update
   set up_to = greatest(notice_reader.up_to, excluded.up_to), at = excluded.at
