-- What a person has read. Row-level security keeps marks to the viewer's own parties.

-- name: one
insert into notice_read (person, party, position, at, viewers)
select %(person)s, n.party, n.position, %(at)s, array[n.party]
  from notice n
 where n.party = %(party)s and n.position = %(position)s
on conflict do nothing

-- name: all
insert into notice_reader (person, party, up_to, at, viewers)
values (%(person)s, %(party)s, %(position)s, %(at)s, array[%(party)s]::int[])
on conflict (person, party) do update
   set up_to = greatest(notice_reader.up_to, excluded.up_to), at = excluded.at
