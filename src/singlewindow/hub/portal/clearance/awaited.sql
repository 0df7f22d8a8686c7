-- Whose goods wait for an agency's release: walked through what it was sent, newest first, always under row-level security.

-- name: look
-- So many of its documents behind a place: consignments of which something waits for its word (its release is missing,
-- or nobody has said anything of what it must release), and, last, how far was looked.
with mine as materialized (
  select d.submission_id, d.created_at as stands, d.n
    from documents_sent(%(agency)s, %(since)s, %(until)s, %(above)s, %(below)s, false, %(look)s)
         with ordinality as d (submission_id, id, created_at, state, title, party, viewers, n)
), inside as materialized (
  select m.submission_id, m.stands, m.n, j.dossier
    from mine m
    join dossiers_sent((select array_agg(submission_id) from mine)) j on j.submission_id = m.submission_id
)
(select i.submission_id, i.stands, i.n, i.dossier
   from inside i
  cross join lateral (select bool_or(%(agency)s = any (missing)) as waits from disposition where dossier = i.dossier) p
  where coalesce(p.waits, %(always)s or %(dangerous)s
                          and exists (select from dossier d where d.id = i.dossier and d.dangerous))
  order by i.n limit %(wanted)s)
union all
(select submission_id, stands, n, null from mine order by n desc limit 1)

-- name: dossiers
select id, goods, name, dangerous from dossier where id = any (%(ids)s)

-- name: containers
select dossier, key, number, lot, dangerous from objects_told(%(ids)s)
 where kind = 'container' and standing not in ('ended', 'dropped')
 order by dossier, number

-- name: dispositions
select dossier, subject_kind, subject_key, kind, agencies, missing from disposition where dossier = any (%(ids)s)

-- name: documents
-- The agency's own: how many versions in all, whether the newest came back, since when it has the first.
select j.dossier, sum(d.version)::int as versions, min(d.created_at) as since,
       (array_agg(sent_back(d.state, d.phase, d.state_at) order by d.created_at desc))[1] as sent_back
  from dossier_document j join document d on d.submission_id = j.submission_id
 where j.dossier = any (%(ids)s) and d.partner = %(agency)s
 group by j.dossier

-- name: together
-- What was asked for in one step, in the order in which it was chosen.
select id, arguments, applied_at, problems from coordination_request where together = %(together)s order by id

-- name: named
-- A consignment's name, and a submission of it to open it by.
select d.id, d.name, (select j.submission_id from dossier_document j where j.dossier = d.id
                       order by j.submission_id desc limit 1) as submission_id
  from dossier d where d.id = any (%(ids)s)
