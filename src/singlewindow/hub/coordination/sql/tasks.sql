-- What waits for a person, always as sw_web under row-level security.

-- name: open
-- The longest wait first. The submission is one that the viewer may open, if there is one. Of what is called back
-- and in the consignment: whether somebody has not released it.
select t.id, t.kind, t.dossier, t.about, t.text_zh, t.text_en, t.made_at, t.viewers,
       t.kind = 'recall'
       and exists (select from dossier_object o
                    where o.dossier = t.dossier and o.kind = 'container' and o.number = t.about
                      and o.standing = 'counts'
                      and not exists (select from disposition s
                                       where s.dossier = o.dossier and s.subject_kind = 'container'
                                         and s.subject_key = o.key and s.kind = 'released')) as barred,
       (select j.submission_id from dossier_document j
         where j.dossier = t.dossier order by j.submission_id <> t.dossier, j.submission_id limit 1) as submission
  from task t
 where t.state = 'open'
   and (%(after_at)s::timestamptz is null or (t.made_at, t.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
   and (%(one)s::uuid is null or t.id = %(one)s::uuid)
 order by t.made_at, t.id
 limit %(most)s

-- name: asked
select about from task where id = %(id)s and state = 'open' and kind = %(kind)s

-- name: firms
-- Parties to the goods: who decides is none.
select f.id, f.name_zh, f.name_en
  from parties_named(%(tasks)s) f
 where not exists (select from party p where p.id = f.id and p.kind in ('agency', 'platform'))

-- name: settler
select exists (select from party
                where id = %(party)s and (kind = any (%(kinds)s) or partner = any (%(partners)s))) as settles

-- name: kind
select kind from party where id = %(party)s

-- name: claims
select task, dossier, name, declarant_zh, declarant_en, since, lot, standing, disposition, ticked from claims_asked(%(tasks)s)

-- name: submissions
-- By dossier one submission that the viewer may open.
select distinct on (dossier) dossier, submission_id
  from dossier_document where dossier = any (%(dossiers)s)
 order by dossier, submission_id <> dossier, submission_id
