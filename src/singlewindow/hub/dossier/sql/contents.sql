-- What stands in a dossier; asked where a document joins others, or one of them was refused or sent back.

-- name: members
-- Its newest source documents, and no other is looked at: who sends one bill thousands of times makes only the first
-- of them forgotten. One counts no more where it came back from a partner (sent_back) that was sent a newer one by the
-- same parties since, or one of the same goods before; or where it was answered under another number (superseded). Looked up dossier by dossier.
with asked as materialized (
  select d.id, d.viewers from unnest(%(dossiers)s::uuid[]) as a (id) join dossier d on d.id = a.id
), member as materialized (
  select a.id, j.submission_id, j.document_id, j.viewers && a.viewers as own, j.superseded, s.version, s.created_at,
         j.viewers, j.load
    from asked a
   cross join lateral (
     select submission_id, document_id, viewers, superseded, load from dossier_document
      where dossier = a.id order by submission_id desc limit %(most)s) j
   cross join lateral (
     select version, created_at from document
      where submission_id = j.submission_id and id = j.document_id offset 0) s
), told as materialized (
  select m.id, m.submission_id, m.load, d.created_at, sent_back_at(d.state, d.phase, d.state_at, d.changed_at) as ended,
         max(d.created_at) over same as newest, max(d.created_at) over alike as newest_alike
    from (select distinct id, submission_id, own, load from member) m
   cross join lateral (
     select partner, state, phase, state_at, created_at, changed_at from document
      where submission_id = m.submission_id and partner is not null offset 0) d
  window same as (partition by m.id, m.own, d.partner), alike as (partition by m.id, m.own, d.partner, m.load)
), sent as materialized (
  select id, submission_id,
         created_at < newest and (newest >= ended or load <> '' and created_at < newest_alike) as replaced
    from told where ended is not null
)
select a.id, m.created_at, m.viewers, m.own, not m.superseded and not m.replaced, v.content
  from asked a
 cross join lateral (
   select o.*, exists (select from sent s
                        where s.id = o.id and s.submission_id = o.submission_id and s.replaced) as replaced
     from member o
    where o.id = a.id
    order by o.created_at desc, o.submission_id desc) m
 cross join lateral (
   select coalesce(content, original) as content from document_version
    where submission_id = m.submission_id and document_id = m.document_id and version = m.version offset 0) v

-- name: answered
-- Submissions that were refused or sent back, and that their own firm answered by one of these dossiers under another
-- number. Whoever was sent the first has been sent the second, so nobody's word is lost with it.
select distinct f.submission_id, f.dossier
  from unnest(%(dossiers)s::uuid[]) as asked (id)
 cross join lateral (
   select submission_id, document_id from dossier_document
    where dossier = asked.id order by submission_id desc limit %(most)s) j
 cross join lateral (
   select mends from draft where submission_id = j.submission_id and mends is not null limit 1) m
 cross join lateral (
   select submission_id, document_id, dossier from dossier_document
    where submission_id = m.mends and dossier <> asked.id and not superseded offset 0) f
 where (select party from document where submission_id = j.submission_id and id = j.document_id)
     = (select party from document where submission_id = f.submission_id and id = f.document_id)
   and exists (select from document
                where submission_id = f.submission_id and partner is not null and sent_back(state, phase, state_at))
   and not exists (select from document d
                    where d.submission_id = f.submission_id and d.partner is not null
                      and not exists (select from document n
                                       where n.submission_id = j.submission_id and n.partner = d.partner))

-- name: superseded
update dossier_document set superseded = true where submission_id = any (%s)
