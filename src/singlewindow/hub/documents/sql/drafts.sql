-- Drafts as pages read and keep them, always as sw_web under row-level security.

-- name: read
select id, kind, definition_version, version, content, digest, updated_at, submission_id, mends
from draft where id = %(id)s

-- name: lock
select id, kind, definition_version, version, content, digest, updated_at, submission_id, mends
from draft where id = %(id)s for update

-- name: begin
insert into draft (id, kind, definition_version, version, title, entries, content, digest,
                   party, person, person_name, created_at, updated_at, mends, viewers)
values (%(id)s, %(kind)s, %(definition_version)s, 1, %(title)s, %(entries)s, %(content)s, %(digest)s,
        %(party)s, %(person)s, %(person_name)s, %(at)s, %(at)s, %(mends)s, array[%(party)s::int])
on conflict (id) do nothing
returning version

-- name: keep
update draft set version = version + 1, title = %(title)s, entries = %(entries)s, content = %(content)s,
                 digest = %(digest)s, person = %(person)s, person_name = %(person_name)s, updated_at = %(at)s
where id = %(id)s and version = %(version)s and submission_id is null
returning version

-- name: close
update draft set submission_id = %(submission)s where id = %(id)s and submission_id is null
returning mends

-- name: discard
delete from draft where id = %(id)s and submission_id is null

-- name: open
select id, kind, title, entries, version, person_name, updated_at from draft
where submission_id is null and kind = %(kind)s and party = any(%(parties)s)
  and (%(before)s::timestamptz is null or updated_at < %(before)s
       or (updated_at = %(before)s and id > %(after)s::uuid))
order by updated_at desc, id limit %(most)s

-- name: mended
-- What a submission was handed in again as; the newest, where it was more than once.
select submission_id from draft where mends = %(id)s and submission_id is not null
order by submission_id desc limit 1

-- name: mending
select id from draft where mends = %(id)s and submission_id is null order by updated_at desc, id limit 1
