-- What people ask about duties; row-level security answers only what concerns them.

-- name: open
-- What the viewer's parties have to do, most pressing first; what has no deadline comes last, oldest first.
-- Counted before the place to go on from is. Asked ``together``, what several partners sent back of one declaration is
-- one line, the most pressing of theirs: one correction answers them all.
with asked as materialized (
  select d.*, row_number() over (
           partition by d.submission_id, d.code,
                        case when %(together)s and d.code = 'correct' then null else d.document_id end,
                        case when %(together)s and d.code = 'correct' then null else d.version end
           order by d.deadline nulls last, d.since, d.document_id, d.version) as nth
    from duty d
   where d.done_at is null
), matters as materialized (
  select a.*, count(*) over () as number from asked a where a.nth = 1
), shown as materialized (
  select w.*, s.kind as document, s.title,
         coalesce((select min(v) from unnest(s.viewers) v where v <> s.party), s.party) as principal
    from matters w
    join document s on s.submission_id = w.submission_id and s.partner is null
   where %(since)s::timestamptz is null
      or (coalesce(w.deadline, 'infinity'), w.since, w.submission_id, w.document_id, w.version, w.code)
       > (coalesce(%(deadline)s::timestamptz, 'infinity'), %(since)s::timestamptz, %(submission)s::uuid,
          %(document)s::uuid, %(version)s::int, %(code)s::text)
   order by w.deadline nulls last, w.since, w.submission_id, w.document_id, w.version, w.code
   limit %(most)s
)
select d.submission_id, d.document_id, d.code, d.partner, d.kind, d.name_zh, d.name_en, d.text_zh, d.text_en,
       d.action_zh, d.action_en, d.reason, d.since, d.deadline, d.document, d.title,
       p.name_zh as party_zh, p.name_en as party_en, d.version, d.number
  from shown d
  left join party p on p.id = d.principal
 order by d.deadline nulls last, d.since, d.submission_id, d.document_id, d.version, d.code

-- name: returns
-- Everything that partners ask to be mended in these submissions, most pressing first.
select d.submission_id, d.document_id, d.code, d.partner, d.kind, d.name_zh, d.name_en, d.text_zh, d.text_en,
       d.action_zh, d.action_en, d.reason, d.since, d.deadline
  from duty d
 where d.submission_id = any (%(submissions)s::uuid[]) and d.code = 'correct' and d.done_at is null
 order by d.deadline nulls last, d.since, d.document_id, d.version
 limit %(most)s

-- name: of_submission
select d.submission_id, d.document_id, d.code, d.partner, d.kind, d.name_zh, d.name_en, d.text_zh, d.text_en,
       d.action_zh, d.action_en, d.reason, d.since, d.deadline, x.kind as document, d.version, d.done_at
  from duty d
  join document x on (x.submission_id, x.id) = (d.submission_id, d.document_id)
 where d.submission_id = %(submission)s
 order by d.done_at is not null, d.deadline nulls last, d.since, d.code
 limit %(most)s
