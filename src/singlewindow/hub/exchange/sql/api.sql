-- Lists and contents that programs ask for; row-level security answers only what concerns them.

-- name: own_partner
select partner from party where id = %(id)s

-- name: walked
-- A list looks at so many, in order, behind a place; a whole number leads straight to those that carry it.
with looked as materialized (
  select d.submission_id, d.id, d.created_at, d.viewers as firms, d.n
    from documents_declared(%(since)s, %(until)s, %(at)s, %(place)s, %(oldest)s, %(look)s)
         with ordinality as d (submission_id, id, created_at, state, title, party, viewers, n)
)

-- name: walked_of_sent
with looked as materialized (
  select d.submission_id, d.id, d.created_at, array[d.party] as firms, d.n
    from documents_sent(%(partner)s, %(since)s, %(until)s, %(above)s, %(below)s, %(oldest)s, %(look)s)
         with ordinality as d (submission_id, id, created_at, state, title, party, viewers, n)
)

-- name: numbered
with named as materialized (
  select submission_id from document_key where value = any (%(numbers)s::text[])
), looked as materialized (
  select d.submission_id, d.id, d.created_at, d.viewers as firms,
         row_number() over (order by case when %(oldest)s then d.created_at end,
                                     case when %(oldest)s then d.submission_id end,
                                     d.created_at desc, d.submission_id desc) as n
    from (select distinct submission_id from named) k
    join document d on d.submission_id = k.submission_id and d.partner is null
   where d.created_at >= %(since)s and d.created_at < %(until)s
     and case when %(oldest)s then (d.created_at, d.submission_id) > (%(at)s, %(place)s)
              else (d.created_at, d.submission_id) < (%(at)s, %(place)s) end
   order by n
   limit %(look)s
)

-- name: numbered_of_sent
-- What no dossier has joined yet is not among these.
-- Partners read few keys of the declaration itself: what its dossier is called, what is in it, their own reference.
with named as materialized (
  select submission_id from document_key where value = any (%(numbers)s::text[])
  union
  select j.submission_id
    from identity_key i join dossier_document j on j.dossier = i.dossier
   where i.kind in ('bill', 'waybill', 'order') and i.value = any (%(numbers)s::text[])
  union
  select j.submission_id
    from dossier_object o join dossier_document j on j.dossier = o.dossier
   where o.number = any (%(numbers)s::text[]) and o.kind = 'container'
  union
  select submission_id from message where partner = %(partner)s and reference = any (%(numbers)s::text[])
), looked as materialized (
  select d.submission_id, d.id, d.created_at, array[d.party] as firms,
         row_number() over (order by case when %(oldest)s then d.submission_id end, d.submission_id desc) as n
    from named k
    join document d on d.submission_id = k.submission_id and d.partner = %(partner)s and d.id <> d.submission_id
   where d.created_at >= %(since)s and d.created_at < %(until)s
     and d.submission_id > %(above)s and d.submission_id < %(below)s
   order by n
   limit %(look)s
)

-- name: listed
-- What of it fits, and, in every row or in one alone, at how many was looked and where that ended.
, fitting as (
  select d.submission_id, d.id as document_id, d.kind as document, d.definition_version, d.title, d.boxes, d.state,
         d.created_at as received_at, d.changed_at, d.partner as receiver, l.n
    from looked l join document d on d.submission_id = l.submission_id and d.id = l.id
   where (%(kind)s::text is null or d.kind = %(kind)s)
     and (%(state)s::int2 is null or d.state = %(state)s)
     and (%(number)s::text is null or d.title = %(number)s or d.reference = %(number)s)
     and (%(bill)s::text is null or d.title = %(bill)s
          or exists (select from document_key k
                      where k.submission_id = d.submission_id and k.kind = 'bill' and k.value = %(bill)s))
     and (%(container)s::text is null
          or exists (select from document_key k
                      where k.submission_id = d.submission_id and k.kind = 'container' and k.value = %(container)s)
          or exists (select from dossier_document j join dossier_object o on o.dossier = j.dossier
                      where j.submission_id = d.submission_id and o.kind = 'container' and o.number = %(container)s))
     and not exists (
       select from unnest(%(patterns)s::text[]) with ordinality as w (pattern, n)
        where not (d.title ilike w.pattern
                   or exists (select from named_firms f where f.n = w.n and f.firms && l.firms)
                   or exists (select from document_key k
                               where k.submission_id = d.submission_id and k.value ilike w.pattern)))
   order by l.n
   limit %(most)s
)
select f.*, e.looked, e.last_at, e.last_id
  from (select count(*) as looked, (array_agg(created_at order by n desc))[1] as last_at,
               (array_agg(submission_id order by n desc))[1] as last_id from looked) e
  left join fitting f on true
 order by f.n

-- name: receivers
select partner, kind from document where submission_id = %(submission)s and partner is not null order by partner, id

-- name: document
select d.id as document_id, d.partner as receiver, d.title, d.kind as document, d.definition_version, d.version,
       m.message_id, m.reference, m.digest, m.created_at, m.payload
  from document d
  join message m on m.submission_id = d.submission_id and m.document_id = d.id
 where d.submission_id = %(submission)s and d.id = %(document)s and d.partner is not null
 order by m.version desc
 limit 1
