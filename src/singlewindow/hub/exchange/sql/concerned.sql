-- What a submission is called, who declared, and who forwards the goods.

-- name: submissions
select d.submission_id, d.title, d.party, coalesce(f.id, 0), coalesce(o.name, '')
  from document d
  left join dossier_document j on j.submission_id = d.submission_id and j.document_id = d.id
  left join dossier o on o.id = j.dossier
  left join party f on f.code = nullif(o.forwarder, '')
 where d.submission_id = any (%b) and d.partner is null

-- name: sharing
-- Of orders on what several consignments share, a container or a call: each party's own consignments, the first few by
-- name, and how many; as what the party is in any of them: 1 declared it, 2 forwards it, 3 is another party to it.
with ordered as materialized (
  select id, subject_kind as kind, subject_key as key
    from inspection_order
   where id = any (%b) and dossier = '00000000-0000-0000-0000-000000000000'
), inside as materialized (
  select r.id, p.dossier
    from ordered r
   cross join lateral (select dossier from disposition
                        where subject_key = r.key and subject_kind = 'container' offset 0) p
   where r.kind = 'container'
  union
  select r.id, d.id
    from ordered r cross join lateral (select id from dossier where call = r.key and call <> '' offset 0) d
   where r.kind = 'conveyance'
), own as (
  select i.id, d.id as dossier, d.name, unnest(d.viewers) as party, 3 as rank
    from inside i join dossier d on d.id = i.dossier
  union all
  select i.id, d.id, d.name, f.id, 2
    from inside i join dossier d on d.id = i.dossier join party f on f.code = nullif(d.forwarder, '')
  union all
  select i.id, d.id, d.name, t.party, 1
    from inside i
    join dossier d on d.id = i.dossier
   cross join lateral (select submission_id from dossier_document where dossier = i.dossier offset 0) j
   cross join lateral (select party from document
                        where submission_id = j.submission_id and partner is null offset 0) t
)
select id, party, min(rank), (array_agg(distinct name order by name))[1:3], count(distinct dossier)::int,
       min(dossier::text)::uuid
  from own
 group by id, party
