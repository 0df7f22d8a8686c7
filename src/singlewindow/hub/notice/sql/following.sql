-- What the message box's subscriber says.

-- name: parties
-- Those concerned, and whoever may be named: agencies, operators and the platform are few.
select id, kind, partner, name_zh, name_en
  from party
 where id = any (%s) or kind in ('agency', 'operator', 'platform')

-- name: copy_notice
copy notice (party, position, at, topic, role, kind, title_zh, title_en, detail_zh, detail_en, subject_kind,
             subject_id, submission_id, viewers) from stdin (format binary)
