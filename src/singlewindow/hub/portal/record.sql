-- What the journal page asks; row-level security leaves out what does not concern the viewer.

-- name: entries
select e.id, p.position, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.subject_kind, e.subject_id,
       e.submission_id, e.content, e.leaf, d.title, d.title is not null as opens
  from journal_entry e
  join journal_position p on p.entry_id = e.id
  left join lateral (select title from document where submission_id = e.submission_id
                     order by partner is not null limit 1) d on true
 where p.position < %(before)s
   and (%(about)s::uuid is null or e.submission_id = %(about)s)
   and (%(until)s::timestamptz is null or e.at < %(until)s)
 order by p.position desc
 limit %(most)s

-- name: entry
select e.id, p.position, e.at, e.verb, e.actor_kind, e.actor_id, e.actor_name, e.subject_kind, e.subject_id,
       e.submission_id, e.content, e.leaf, d.title, d.title is not null as opens
  from journal_entry e
  join journal_position p on p.entry_id = e.id
  left join lateral (select title from document where submission_id = e.submission_id
                     order by partner is not null limit 1) d on true
 where p.position = %(position)s

-- name: checkpoints
select size, root, at, key_id, signature
  from journal_checkpoint
 where size > %(least)s
 order by size desc
 limit %(most)s

-- name: covering
select size, root, at, key_id, signature from journal_checkpoint where size > %(position)s order by size limit 1

-- name: newest
select size, root, at, key_id, signature from journal_checkpoint order by size desc limit 1

-- name: size_at
-- How many entries the first checkpoint signed since then covers: what was written before stands below it.
select min(size) from journal_checkpoint where at >= %(at)s
