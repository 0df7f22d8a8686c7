-- Whom goods are entrusted to: a forwarder or ship's agent is sent no document and finds the consignments it is named
-- in. It is told the transport document, the call and the boxes; of goods, seals and other parties nothing. A policy
-- would open whole rows, so this is read through the functions alone.

-- A dossier's id is numbered by when it was opened.
create index dossier_forwarder on dossier (forwarder, id) where forwarder <> '';
create policy openings on document_key for select to sw_owner using (true);

-- The newest below an id. Bitmaps would read all of a forwarder's dossiers to sort them.
create function dossiers_forwarded(below uuid, most int) returns table (id uuid)
  language sql stable security definer set search_path = sw, pg_temp set enable_bitmapscan = off as $$
  select d.id
    from party p
   cross join lateral (
     select o.id from dossier o
      where o.forwarder = p.code and o.forwarder <> '' and o.id < below
      order by o.id desc limit least(most, 1000)) d
   where p.id = any (viewing())
   order by d.id desc limit least(most, 1000)
  $$;

-- Those of them that bear one of these numbers, as bill or container.
create function dossiers_forwarded_called(numbers text[], below uuid, most int) returns table (id uuid)
  language sql stable security definer set search_path = sw, pg_temp as $$
  with named as materialized (
    select o.dossier from dossier_object o
     where o.number = any (numbers[:4]) and o.kind = 'container' and o.standing <> 'ended'
    union
    select j.dossier from document_key k join dossier_document j on j.submission_id = k.submission_id
     where k.value = any (numbers[:4]) and k.kind = 'bill'
  )
  select d.id
    from named n
    join dossier d on d.id = n.dossier and d.forwarder <> '' and d.id < below
   where d.forwarder in (select p.code from party p where p.id = any (viewing()))
   order by d.id desc limit least(most, 1000)
  $$;

create function dossiers_told(dossiers uuid[])
  returns table (id uuid, name text, goods text, call text, conveyance text, opened_at timestamptz,
                 keys text[], numbers text[])
  language sql stable security definer set search_path = sw, pg_temp as $$
  select d.id, d.name, d.goods, d.call,
         coalesce((select o.number from dossier_object o
                    where (o.dossier, o.kind, o.key) = (d.id, 'conveyance', d.call)), ''),
         d.opened_at, b.keys, b.numbers
    from dossier d
   cross join lateral (
     select coalesce(array_agg(o.key order by o.number), '{}') as keys,
            coalesce(array_agg(o.number order by o.number), '{}') as numbers
       from (select y.key, y.number from dossier_object y
              where y.dossier = d.id and y.kind = 'container' and y.standing <> 'ended'
              order by y.number limit 1000) o) b
   where d.id = any (dossiers[:100]) and d.forwarder <> ''
     and d.forwarder in (select p.code from party p where p.id = any (viewing()))
  $$;

-- Whether goods of a call are entrusted to the viewer.
create function forwards_on(wanted text) returns boolean language sql stable
  security definer set search_path = sw, pg_temp as $$
  select exists (select from dossier d
                  where d.call = wanted and d.call <> '' and d.forwarder <> ''
                    and d.forwarder in (select p.code from party p where p.id = any (viewing())))
  $$;
revoke execute on function dossiers_forwarded(uuid, int), dossiers_forwarded_called(text[], uuid, int), dossiers_told(uuid[]),
  forwards_on(text) from public;
grant execute on function dossiers_forwarded(uuid, int), dossiers_forwarded_called(text[], uuid, int), dossiers_told(uuid[]),
  forwards_on(text) to sw_web;
