-- Announcements as pages and programs ask for them. Row-level security decides who sees what is not public.

-- name: announcements
select id, kind, title_zh, title_en, text_zh, text_en, shown_from, shown_until, stops_at, resumes_at,
       published_by, published_at, withdrawn_by, withdrawn_at, withdrawn_for
  from announcement

-- name: standing
 where withdrawn_at is null and coalesce(shown_until, 'infinity') > %(at)s and shown_from <= %(at)s
 order by shown_from desc, id desc limit %(most)s

-- name: ahead
 where withdrawn_at is null and shown_from > %(at)s
 order by shown_from, id limit %(most)s

-- name: past
 where (withdrawn_at is not null or shown_until <= %(at)s)
   and (shown_from, id) < (coalesce(%(before)s::timestamptz, 'infinity'),
                           coalesce(%(id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
 order by shown_from desc, id desc limit %(most)s

-- name: listed
 where withdrawn_at is null and shown_from <= %(at)s
   and (not %(in_force)s or coalesce(shown_until, 'infinity') > %(at)s)
   and (shown_from, id) < (coalesce(%(before)s::timestamptz, 'infinity'),
                           coalesce(%(id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
 order by shown_from desc, id desc limit %(most)s

-- name: one
 where id = %(id)s

-- name: alone
-- Whoever publishes waits for whoever is publishing: together they would be one too many.
select pg_advisory_xact_lock(7700041)

-- name: counted
select count(*) from announcement
 where withdrawn_at is null and coalesce(shown_until, 'infinity') > %(at)s
