-- Whom a release and a pass tell their seals: who is told them by the consignment, and the gate that compares them.

-- A policy opens rows, not columns: what states seals is read through the functions alone. Neither digest nor
-- signature is told without the statement: a seal's few figures are found by trying until one of them fits.
revoke select on release from sw_web;
grant select (id, number, dossier, version, key_id, issued_at, valid_until, revoked_at, revoked_for, viewers)
  on release to sw_web;
revoke select on gate_pass from sw_web;
grant select (key, number, version, issued_at, valid_until, revoked_at, used_at, gate, suspended, shared)
  on gate_pass to sw_web;

-- A statement is signed whole, so it is told whole, to whoever is told the seal of every container in it, or not.
create function release_told(wanted text) returns table (statement bytea, signature bytea)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with one as materialized (
    select r.dossier, r.statement, r.signature,
           jsonb_path_query_array(convert_from(r.statement, 'UTF8')::jsonb,
                                  '$.containers[*] ? (@.seal != "").number') as sealed
      from release r where r.number = wanted and r.viewers && viewing()
  ), told as materialized (
    select o.number from one, objects_told(array[one.dossier]) o where o.kind = 'container' and o.seal <> ''
  )
  select one.statement, one.signature
    from one
   where not exists (select from jsonb_array_elements_text(one.sealed) s where s not in (select number from told))
  $$;

-- The containers that it names are told to all who read of it, as its entry in the journal tells them.
create function boxes_of_release(wanted text) returns text[] language sql stable
  security definer set search_path = sw, pg_temp as $$
  select array(select box ->> 'number'
                 from jsonb_array_elements(convert_from(r.statement, 'UTF8')::jsonb -> 'containers') as box)
    from release r where r.number = wanted and r.viewers && viewing()
  $$;

create function seals_of_pass(pass text) returns text[] language sql stable
  security definer set search_path = sw, pg_temp as $$
  select coalesce((
    select p.seals from gate_pass p
     where p.key = pass and p.viewers && viewing()
       and (p.operators && viewing()
            or p.seals <@ (select coalesce(array_agg(o.seal), '{}') from objects_told(p.dossiers) o
                            where o.kind = 'container' and o.number = p.number))), '{}')
  $$;
revoke execute on function release_told(text), boxes_of_release(text), seals_of_pass(text) from public;
grant execute on function release_told(text), boxes_of_release(text), seals_of_pass(text) to sw_web;

-- How a container of this number stands, by the one of its dispositions that may be read here and changed last; of lots
-- decided at once the free one: it waits for another. By the numbers of things, for there are as many dispositions as
-- consignments ever, and one index more would cost every release.
create function container_stands(wanted text) returns table (kind text, agencies text[], missing text[])
  language sql stable security definer set search_path = sw, pg_temp as $$
  select d.kind, d.agencies, d.missing
    from dossier_object o
    join disposition d on d.dossier = o.dossier and d.subject_kind = o.kind and d.subject_key = o.key
   where o.number = wanted and o.kind = 'container' and d.viewers && viewing()
   order by d.changed_at desc, d.kind = 'released' desc
   limit 1
  $$;
revoke execute on function container_stands(text) from public;
grant execute on function container_stands(text) to sw_web;

-- Whether what an agency said still counts is told by the documents that it was sent: to whoever reads what it said, and
-- of each no more than when it was handed in and whether it was refused or sent back (60 and above).
create policy openings on instruction for select to sw_owner using (true);
create function documents_spoken_on(dossiers uuid[], keys text[])
  returns table (dossier uuid, agency text, id uuid, at timestamptz, load text, ended timestamptz)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with spoken as materialized (
    select i.dossier, i.agency from instruction i
     where i.dossier = any (dossiers) and i.origin is not null and i.viewers && viewing()
    union
    select i.dossier, i.agency from instruction i
     where i.subject_kind = 'container' and i.subject_key = any (keys) and i.origin is not null
       and i.viewers && viewing()
  )
  select s.dossier, s.agency, d.id, d.created_at, j.load, sent_back_at(d.state, d.phase, d.state_at, d.changed_at)
    from spoken s
   cross join lateral (select submission_id, load from dossier_document where dossier = s.dossier offset 0) j
   cross join lateral (
     select id, state, phase, state_at, created_at, changed_at from document
      where submission_id = j.submission_id and partner = s.agency offset 0) d
  $$;
revoke execute on function documents_spoken_on(uuid[], text[]) from public;
grant execute on function documents_spoken_on(uuid[], text[]) to sw_web;

-- All goods in the container of this number as it stands now that are told here and not released: whose each is, and how
-- it was decided.
create function container_barred(wanted text)
  returns table (dossier uuid, goods text, call text, key text, lot boolean, kind text, agencies text[], missing text[])
  language sql stable security definer set search_path = sw, pg_temp as $$
  with here as materialized (
    select d.subject_key as key
      from dossier_object o
      join disposition d on d.dossier = o.dossier and d.subject_kind = o.kind and d.subject_key = o.key
     where o.number = wanted and o.kind = 'container' and d.viewers && viewing()
     order by d.changed_at desc, d.kind = 'released' desc
     limit 1
  )
  select d.dossier, o.goods, coalesce(o.call, ''), d.subject_key, d.lot, d.kind, d.agencies, d.missing
    from here h
    join disposition d on d.subject_key = h.key and d.subject_kind = 'container'
    join dossier o on o.id = d.dossier
   where d.viewers && viewing() and d.kind <> 'released'
   order by d.dossier
   limit 200
  $$;
revoke execute on function container_barred(text) from public;
grant execute on function container_barred(text) to sw_web;
