-- What of a container somebody is told, and who somebody is told the names of: as much as their own documents say.

-- Which entries of a source document a partner's own is filled from; written whenever definitions are published.
create table receives (
  partner        text    not null,
  document       text    not null collate "C",       -- its kind
  entry          text    not null collate "C",
  only_dangerous boolean not null,                   -- of containers that hold none, the partner's document is silent
  primary key (partner, document, entry)
);
grant select, insert, update, delete on receives to sw_engine;

-- The same for pages, which ask before there is a dossier: of a partner for which one reads.
create function entries_received(of_partner text) returns table (entry text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select distinct r.entry from receives r
   where r.partner = of_partner and of_partner = any ((select viewing_partners())::text[])
  $$;

-- A policy opens rows, not columns: seals and goods lines are read through the function alone.
revoke select on dossier_object from sw_web;
grant select (dossier, kind, key, number, lot, dangerous, since, until, viewers, standing) on dossier_object to sw_web;
create policy openings on dossier_document for select to sw_owner using (true);

-- Objects of dossiers that one reads. Whose goods they are reads everything; a partner what it was sent. What a person
-- decided (ended) is told apart from what a corrected declaration leaves out (dropped).
create function objects_told(dossiers uuid[])
  returns table (dossier uuid, kind text, key text, number text, seal text, lot boolean, lines text,
                 dangerous boolean, since timestamptz, until timestamptz, standing text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with reader as materialized (
    select viewing_partners() as partners, viewing() as parties
  ), told as materialized (
    -- of each dossier by the documents that were sent in it, whatever else the partner is sent elsewhere
    select j.dossier,
           bool_or(r.entry = 'containers.seal_number') as dangerous_seal,
           bool_or(r.entry = 'containers.seal_number' and not r.only_dangerous) as seal,
           bool_or(r.entry = 'containers.goods_line_numbers') as dangerous_lines,
           bool_or(r.entry = 'containers.goods_line_numbers' and not r.only_dangerous) as lines
      from reader, dossier_document j
      join document d on d.submission_id = j.submission_id
      left join receives r on r.partner = d.partner and r.document = d.kind
       and r.entry in ('containers.seal_number', 'containers.goods_line_numbers')
     where j.dossier = any (dossiers) and d.partner = any (reader.partners)
     group by j.dossier
  )
  select o.dossier, o.kind, o.key, o.number,
         case when own or t.seal or o.dangerous and t.dangerous_seal then o.seal else '' end,
         o.lot,
         case when own or t.lines or o.dangerous and t.dangerous_lines then o.lines else '' end,
         o.dangerous, o.since, o.until, case when o.dropped then 'dropped' else o.standing end
    from reader
    join dossier_object o on o.dossier = any (dossiers)
   cross join lateral (select o.viewers && reader.parties as own offset 0) w
    left join told t on t.dossier = o.dossier
   where own or t.dossier is not null  -- takes part: was sent something in it
  $$;

-- A firm's name is public (company register, register of customs); that it is known here, and with whom it works, is
-- not. So names are told by what somebody reads, a submission, a dossier or a task, never by number or code.
drop function firms_named(int[], text[]);
create function parties_named(about uuid[])
  returns table (id int, name_zh text, name_en text, forwarder boolean)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with reader as materialized (
    select viewing_partners() as partners, viewing() as parties
  ), asked as materialized (
    select a.id from unnest(about[:1000]) as a (id)
  ), submissions as materialized (
    select id from asked union select j.submission_id from asked a join dossier_document j on j.dossier = a.id
  ), told as materialized (
    select r.partner, r.document, r.entry from receives r, reader where r.partner = any (reader.partners)
  ), known (id, code) as (
    select unnest(d.viewers || d.party), null::text
      from reader, submissions s join document d on d.submission_id = s.id
     where d.viewers && reader.parties and coalesce(d.partner, '') <> all (reader.partners)
    union
    select d.party, null
      from reader, submissions s join document d on d.submission_id = s.id
     where (d.partner, d.kind, 'declarant_name') in (table told)
    union
    select v.id, null
      from reader, submissions s join document d on d.submission_id = s.id
     cross join unnest(d.viewers) as v (id)
     where (d.partner, d.kind, 'consignee_name') in (table told) and v.id <> d.party
    union
    select unnest(t.viewers), null
      from reader, asked a join task t on t.id = a.id
     where t.viewers && reader.parties
    union
    select null::int, o.forwarder
      from reader, asked a join dossier o on o.id = a.id
     where o.forwarder <> ''
       and (o.viewers && reader.parties
            or exists (select from dossier_document j join document d on d.submission_id = j.submission_id
                        where j.dossier = o.id and (d.partner, d.kind, 'ship_agent_name') in (table told)))
  )
  select p.id, p.name_zh, p.name_en, bool_or(known.code is not null)
    from known join party p on p.id = known.id or p.code = known.code
   group by p.id
   limit 1000
  $$;
revoke execute on function entries_received(text), objects_told(uuid[]), parties_named(uuid[]) from public;
grant execute on function entries_received(text), objects_told(uuid[]), parties_named(uuid[]) to sw_web;
