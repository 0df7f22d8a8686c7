-- The journal as the dossier room reads it: only what opens or joins a dossier.

-- name: open
insert into journal_cursor (name) values ('dossier') on conflict do nothing

-- name: hold
select position from journal_cursor where name = 'dossier' for update

-- name: read
select max(next.position), array_agg(next.submission_id) filter (where next.verb = 'submission.accepted')
  from (select p.position, e.submission_id, e.verb
          from journal_position p join journal_entry e on e.id = p.entry_id
         where p.position > %s
         order by p.position
         limit %s) as next
