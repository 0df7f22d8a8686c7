-- Lists and contents that programs ask for; row-level security answers only what concerns them.

-- name: own_partner
select partner from party where id = %(id)s

-- name: declared
-- What firms declared, newest first. The window of the cursor goes before every filter that no index serves.
select d.submission_id, d.id as document_id, d.kind as document, d.definition_version, d.title, d.boxes, d.state,
       d.created_at as received_at, d.changed_at, null::text as receiver
  from document d
 where d.partner is null
   and (%(before_at)s::timestamptz is null
        or (d.created_at, d.submission_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
   and (%(since)s::timestamptz is null or d.created_at >= %(since)s)
   and (%(until)s::timestamptz is null or d.created_at < %(until)s)
   and (%(kind)s::text is null or d.kind = %(kind)s)
   and (%(state)s::int2 is null or d.state = %(state)s)
   and (%(bill)s::text is null
        or d.submission_id in (select submission_id from document_key where value = %(bill)s and kind = 'bill'))
   and (%(container)s::text is null
        or d.submission_id in (select submission_id from document_key
                                where value = %(container)s and kind = 'container'))
   and (%(number)s::text is null
        or d.submission_id in (select submission_id from document_key where value = %(number)s))
 order by d.created_at desc, d.submission_id desc
 limit %(most)s

-- name: addressed
-- What one agency or operator was sent, newest first, by the order of time in which submissions are numbered.
select d.submission_id, d.id as document_id, d.kind as document, d.definition_version, d.title, d.boxes, d.state,
       d.created_at as received_at, d.changed_at, d.partner as receiver
  from submission s join document d on d.submission_id = s.id and d.partner = %(partner)s
 where (%(before_id)s::uuid is null or s.id < %(before_id)s::uuid)
   and (%(since)s::timestamptz is null or s.received_at >= %(since)s)
   and (%(until)s::timestamptz is null or s.received_at < %(until)s)
   and (%(kind)s::text is null or d.kind = %(kind)s)
   and (%(state)s::int2 is null or d.state = %(state)s)
   and (%(bill)s::text is null or d.title = %(bill)s
        or s.id in (select submission_id from document_key where value = %(bill)s and kind = 'bill'))
   and (%(container)s::text is null
        or s.id in (select dossier from disposition where number = %(container)s and subject_kind = 'container'))
   and (%(number)s::text is null or d.title = %(number)s or d.reference = %(number)s)
 order by s.id desc
 limit %(most)s

-- name: receivers
select partner from document where submission_id = %(submission)s and partner is not null order by partner

-- name: document
select d.id as document_id, d.partner as receiver, d.title, d.kind as document, d.definition_version, d.version,
       m.message_id, m.reference, m.digest, m.created_at, m.payload
  from document d
  join message m on m.submission_id = d.submission_id and m.document_id = d.id
 where d.submission_id = %(submission)s and d.id = %(document)s and d.partner is not null
 order by m.version desc
 limit 1
