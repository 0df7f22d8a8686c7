-- What the operator does with announcements; row-level security lets nobody else.

-- name: publish
insert into announcement (id, kind, title_zh, title_en, text_zh, text_en, shown_from, shown_until, stops_at,
                          resumes_at, party, published_by, published_at)
values (%(id)s, %(kind)s, %(title_zh)s, %(title_en)s, %(text_zh)s, %(text_en)s, %(shown_from)s, %(shown_until)s,
        %(stops_at)s, %(resumes_at)s, %(party)s, %(by)s, %(at)s)

-- name: withdraw
update announcement
   set withdrawn_at = %(at)s, withdrawn_by = %(by)s, withdrawn_for = %(reason)s
 where id = %(id)s and withdrawn_at is null
returning title_zh, title_en

-- name: operators
select id from platform_operator order by id
