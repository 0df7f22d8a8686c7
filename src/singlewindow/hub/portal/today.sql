-- The figures of a day, as the viewer may see what was declared and what was released.

-- name: of_day
-- A declaration is released when all its goods are, and then when the last of them was: one box that may leave while
-- another is inspected is not enough. What was declared on other days is found by the releases that the viewer's firms
-- were told of on this one; what was declared again under another number counts no more.
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
), told as materialized (
  select n.subject_kind, n.submission_id as dossier
    from unnest((select viewing())) as reader (party)
   cross join lateral (select o.at, o.subject_kind, o.submission_id from notice o
                        where o.party = reader.party order by o.position desc limit %(told)s) n
   where n.at >= %(since)s and n.at < %(until)s
), touched as materialized (
  select dossier from told where subject_kind = 'release' and dossier is not null
   union
  select j.dossier
    from mine m cross join lateral (
      select dossier from dossier_document j where j.submission_id = m.submission_id offset 0) j
), free as materialized (
  select t.dossier, max(p.changed_at) as at
    from touched t cross join lateral (
      select kind, changed_at from disposition p where p.dossier = t.dossier offset 0) p
   group by t.dossier
  having bool_and(p.kind = 'released') and max(p.changed_at) >= %(since)s and max(p.changed_at) < %(until)s
), released as materialized (
  select max(f.at) - d.created_at as took, d.created_at < %(since)s as earlier
    from free f
   cross join lateral (select submission_id from dossier_document j
                        where j.dossier = f.dossier and not j.superseded offset 0) j
    join document d on d.submission_id = j.submission_id and d.partner is null
   group by d.submission_id, d.created_at
)
select count(*) as declared, count(*) filter (where state = any (%(back)s)) as returned,
       (select count(*) from released) as released,
       (select count(*) from released where earlier) as earlier,
       (select percentile_disc(0.5) within group (order by greatest(took, interval '0')) from released) as median,
       (select typed from boxes) as typed, (select made from boxes) as made,
       (select count(*) > %(most)s from found) as more,
       (select count(*) >= %(told)s from told) as further
  from mine
