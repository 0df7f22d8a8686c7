-- name: releases
-- Releases beside the entries that tell of them, and whether one tells that it was revoked.
select coalesce(r.number, e.subject_id::text), e.id, e.content, r.number, r.valid_until, r.statement,
       r.key_id, r.signature,
       r.revoked_at is null and exists (select from journal_entry x
                                         where x.verb = 'release.revoked' and x.subject_id = r.id)
  from (select id, subject_id, content from journal_entry where verb = 'release.issued') e
  full join release r on r.id = e.subject_id
