-- Tasks about what an agency names and nobody declared, as they end by themselves; whoever had one reads of it.

-- name: said_anew
-- By the instruction that named it: a newer one of its line has come.
update task t set state = 'done', done_at = said.at, done_by = 'coordination'
  from (select %s::text as kind) of_kind, dossier d,
       unnest(%s::timestamptz[], %s::uuid[], %s::text[]) as said (at, dossier, about)
 where t.kind = of_kind.kind and t.state = 'open' and t.dossier = said.dossier and t.about = said.about
   and d.id = t.dossier
returning t.done_at, t.dossier, d.name, '', t.text_zh, t.text_en, t.viewers

-- name: declared
-- The instruction keeps the number that it gave, and says by its kind that nobody had declared it then.
update task t set state = 'done', done_at = %(at)s, done_by = 'coordination'
  from instruction i, dossier d, dossier_object o
 where i.dossier = any (%(dossiers)s) and i.subject_kind = 'unknown'
   and o.dossier = i.dossier and o.kind = 'container'
   and o.number = upper(regexp_replace(i.subject_key, '\s', '', 'g'))
   and t.kind = %(kind)s and t.state = 'open' and t.dossier = i.dossier
   and t.about = i.agency || ' ' || i.id || ' v' || i.version
   and d.id = i.dossier
returning t.done_at, t.dossier, d.name, o.number, t.text_zh, t.text_en, t.viewers
