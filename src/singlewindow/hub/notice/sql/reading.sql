-- The message box as pages ask for it, by the primary key: newest first of each of the viewer's parties.

-- name: listed
select n.party, n.position, n.at, n.topic, n.role, n.kind, n.title_zh, n.title_en, n.detail_zh, n.detail_en,
       n.subject_kind, n.subject_id, n.submission_id, n.read
  from unnest(%(parties)s::int[]) as mine (party)
 cross join lateral (
   select o.*, (o.position <= coalesce(r.up_to, -1)
                or exists (select from notice_read d where d.person = %(person)s and d.party = o.party
                                                       and d.position = o.position)) as read
     from notice o
     left join notice_reader r on r.person = %(person)s and r.party = o.party
    where o.party = mine.party
      and (o.position < %(position)s or (o.position = %(position)s and o.party < %(before)s))
      and (not %(unread)s
           or (o.position > coalesce(r.up_to, -1)
               and not exists (select from notice_read d where d.person = %(person)s and d.party = o.party
                                                           and d.position = o.position)))
    order by o.position desc
    limit %(most)s) as n
 order by n.position desc, n.party desc
 limit %(most)s

-- name: unread
select count(*)
  from unnest(%(parties)s::int[]) as mine (party)
 cross join lateral (
   select o.party, o.position
     from notice o
    where o.party = mine.party
      and o.position > coalesce((select up_to from notice_reader r
                                  where r.person = %(person)s and r.party = mine.party), -1)
    order by o.position desc
    limit %(window)s) as recent
 where not exists (select from notice_read d where d.person = %(person)s and d.party = recent.party
                                               and d.position = recent.position)
