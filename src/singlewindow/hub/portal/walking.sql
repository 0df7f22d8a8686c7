-- How lists walk through declarations: so many at a time, in order, behind a place; what of them fits is told, and
-- how far was looked. A list is one of the first four, which of it all words fit (with the firms that they name, from
-- hub/identity or of_sent) or every one, what bars goods, how each stands, and what is asked.

-- name: declared
-- What the viewer's firms declared, or had declared.
with mine as materialized (
  select d.submission_id, d.created_at as stands, d.created_at, d.state, d.title, d.viewers as firms, d.party, d.n
    from documents_declared(%(since)s, %(until)s, %(at)s, %(place)s, %(oldest)s, %(look)s)
         with ordinality as d (submission_id, id, created_at, state, title, party, viewers, n)
)

-- name: sent
-- What a partner was sent.
with mine as materialized (
  select d.submission_id, d.created_at as stands, d.created_at, d.state, d.title, array[d.party] as firms, d.party, d.n
    from documents_sent(%(partner)s, %(since)s, %(until)s, %(above)s, %(below)s, %(oldest)s, %(look)s)
         with ordinality as d (submission_id, id, created_at, state, title, party, viewers, n)
)

-- name: due
-- What something has still to be done about, by the nearest deadline; what has none comes last.
with mine as materialized (
  select d.submission_id, w.stands, d.created_at, d.state, d.title, d.viewers as firms, d.party,
         row_number() over (order by w.stands, d.submission_id) as n
    from (select submission_id, coalesce(min(deadline), %(never)s) as stands
            from duty where done_at is null group by submission_id) w
    join document d on d.submission_id = w.submission_id and d.partner is null
   where d.created_at >= %(since)s and d.created_at < %(until)s
     and (w.stands, d.submission_id) > (%(at)s, %(place)s)
   order by w.stands, d.submission_id
   limit %(look)s
)

-- name: newest_declared
-- In order of the last change stand the newest so many: an index over changes would be written with every answer.
with newest as materialized (
  select d.submission_id, d.created_at, d.state, d.title, d.viewers as firms, d.party
    from documents_declared(%(since)s, %(until)s, %(end)s, %(last)s, false, %(among)s) as d
)

-- name: newest_sent
with newest as materialized (
  select d.submission_id, d.created_at, d.state, d.title, array[d.party] as firms, d.party
    from documents_sent(%(partner)s, %(since)s, %(until)s, %(above)s, %(below)s, false, %(among)s) as d
)

-- name: changed
-- What is told of each by its documents, and by what its goods have come to.
, mine as materialized (
  select d.submission_id, c.stands, d.created_at, d.state, d.title, d.firms, d.party,
         row_number() over (order by c.stands desc, d.submission_id desc) as n
    from newest d
   cross join lateral (
     select greatest((select max(o.changed_at) from document o where o.submission_id = d.submission_id),
                     (select max(p.changed_at)
                        from (select distinct j.dossier from dossier_document j
                               where j.submission_id = d.submission_id offset 0) j
                        join disposition p on p.dossier = j.dossier)) as stands
     offset 0) c
   where (c.stands, d.submission_id) < (%(at)s, %(place)s)
   order by n
   limit %(look)s
)

-- name: reached
-- How many of the newest there are, up to the bound.
select count(*) as reached from newest

-- name: firms_of_sent
-- Which firms each word names, for a partner's people, who are told names by what they were sent.
, named_firms as materialized (
  select w.n, array_agg(p.id) as firms
    from unnest(%(patterns)s::text[]) with ordinality as w (pattern, n)
    join parties_named((select array_agg(one.submission_id)
                          from (select distinct on (party) submission_id from mine limit 1000) one)) p
      on p.name_zh ilike w.pattern or p.name_en ilike w.pattern
   group by w.n
)

-- name: every
, fitting as (select * from mine)

-- name: worded
-- Those of which all words stand in the numbers or names.
, fitting as materialized (
  select m.*
    from mine m
   where not exists (
     select from unnest(%(patterns)s::text[]) with ordinality as w (pattern, n)
      where not (m.title ilike w.pattern
                 or exists (select from named_firms f where f.n = w.n and f.firms && m.firms)
                 or exists (select from document_key k
                             where k.submission_id = m.submission_id and k.value ilike w.pattern)))
)

-- name: barred
-- What bars the goods of a firm's declarations: all there is of its own, which is little.
, barred as materialized (
  select j.submission_id, max(array_position(%(bars)s::text[], b.kind)) as bar
    from goods_barred() b join dossier_document j on j.dossier = b.dossier
   group by j.submission_id
)

-- name: barred_of_sent
-- Of a partner's, which reads what bars anybody's, dossier by dossier.
, barred as materialized (
  select j.submission_id, max(array_position(%(bars)s::text[], p.kind)) as bar
    from dossiers_sent((select array_agg(submission_id) from fitting)) j
    join disposition p on p.dossier = j.dossier
   group by j.submission_id
)

-- name: judged
-- How each stands as a whole, as one number (standing.py).
, going as materialized (
  select o.submission_id, max(case when o.state > 0 then 2 else 1 end) as stuck
    from outbox o
   where o.state = 1 or o.state = 0 and o.attempts > 0
      or o.state = 2 and exists (select from message m join document d on d.submission_id = m.submission_id
                                                                      and d.id = m.document_id
                                  where m.submission_id = o.submission_id and m.id = o.message
                                    and d.state_at is null)
   group by o.submission_id
), judged as materialized (
  select m.submission_id, m.stands, m.n,
         (((m.state + 128) * 5 + coalesce(b.bar, 0)) * 3 + coalesce(g.stuck, 0)) * 2
         + (exists (select from draft r where r.mends = m.submission_id and r.submission_id is not null))::int
         as standing
    from fitting m
    left join barred b on b.submission_id = m.submission_id
    left join going g on g.submission_id = m.submission_id
)

-- name: page
-- The first that fit, and, last, how far was looked: ``fits`` is false there.
(select submission_id, stands, n, true as fits from judged
  where standing = any (%(standings)s::int[]) order by n limit %(wanted)s)
union all
(select submission_id, stands, n, false from mine order by n desc limit 1)

-- name: plain_page
-- Where nothing is filtered, all of them.
(select submission_id, stands, n, true as fits from mine order by n limit %(wanted)s)
union all
(select submission_id, stands, n, false from mine order by n desc limit 1)

-- name: counted
-- How many stand how; ``looked`` at so many, the last of which stands in the list at ``until``.
select l.looked, l.until, c.standing, c.number
  from (select count(*) as looked, min(stands) as until from mine) l
  left join (select standing, count(*) as number from judged group by standing) c on true
