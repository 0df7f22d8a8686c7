-- Parts of a room's own statements.

-- name: firms
-- Which firms each word names, of those whose names the viewer reads.
, named_firms as materialized (
  select w.n, array_agg(p.id) as firms
    from unnest(%(patterns)s::text[]) with ordinality as w (pattern, n)
    join party p on p.kind in ('firm', 'individual') and (p.name_zh ilike w.pattern or p.name_en ilike w.pattern)
   group by w.n
)
