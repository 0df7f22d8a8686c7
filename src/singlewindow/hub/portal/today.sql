-- The figures of a day, as the viewer may see what was declared.

-- name: of_day
-- A declaration is released when all its goods are: one box that may leave while another is inspected is not enough.
with found as materialized (
  select submission_id, created_at, state
    from documents_declared(%(since)s, %(until)s, %(at)s, %(place)s, %(oldest)s, %(look)s)
), mine as materialized (
  select * from found order by created_at desc, submission_id desc limit %(most)s
), boxes as materialized (
  select coalesce(sum(d.boxes) filter (where d.partner is null), 0) as typed,
         coalesce(sum(d.boxes) filter (where d.partner is not null), 0) as made
    from mine m cross join lateral (
      select partner, boxes from document d where d.submission_id = m.submission_id offset 0) d
), released as materialized (
  select max(p.changed_at) - min(m.created_at) as took
    from mine m
   cross join lateral (select distinct dossier from dossier_document j
                        where j.submission_id = m.submission_id offset 0) j
   cross join lateral (select kind, changed_at from disposition p
                        where p.dossier = j.dossier offset 0) p
   group by m.submission_id
  having bool_and(p.kind = 'released')
)
select count(*) as declared, count(*) filter (where state = any (%(back)s)) as returned,
       (select count(*) from released) as released,
       (select percentile_disc(0.5) within group (order by greatest(took, interval '0')) from released) as median,
       (select typed from boxes) as typed, (select made from boxes) as made,
       (select count(*) > %(most)s from found) as more
  from mine
