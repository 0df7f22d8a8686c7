-- What a person must know to say whose a container is. Consignments are strangers to each other, so no policy lets
-- the operator read them: it reads of the claims it is asked about what stands here, and so does customs.

create policy openings on task for select to sw_owner using (true);
create policy openings on dossier for select to sw_owner using (true);
create policy openings on dossier_object for select to sw_owner using (true);
create policy openings on document for select to sw_owner using (true);
create policy openings on disposition for select to sw_owner using (true);

-- Only for the open task of who decides on a container, and never for a firm. Ticked is who would stay as it is.
create function claims_asked(tasks uuid[])
  returns table (task uuid, dossier uuid, name text, declarant_zh text, declarant_en text, since timestamptz,
                 lot boolean, standing text, disposition text, ticked boolean)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select t.id, o.dossier, d.name, p.name_zh, p.name_en, o.since, o.lot, o.standing, c.kind,
         o.standing = 'counts' and not k.contested
    from task t
    join claimed_container k on k.key = t.about
   cross join lateral (
     select y.* from dossier_object y
      where y.kind = 'container' and y.key = t.about
      order by y.standing = 'ended', k.contested = (y.standing = 'waits'), y.since, y.dossier limit 20) o
    join dossier d on d.id = o.dossier
    left join lateral (
      select e.party from document e
       where e.submission_id = o.dossier and e.partner is null order by e.created_at limit 1) s on true
    left join party p on p.id = s.party
    left join disposition c on (c.dossier, c.subject_kind, c.subject_key) = (o.dossier, 'container', o.key)
   where t.id = any (tasks[:100]) and t.state = 'open' and t.kind = 'container_claims' and t.viewers && viewing()
     and exists (select from party v where v.id = any (viewing()) and v.kind in ('platform', 'agency'))
   order by t.id, o.since, o.dossier
  $$;
create policy openings on claimed_container for select to sw_owner using (true);
revoke execute on function claims_asked(uuid[]) from public;
grant execute on function claims_asked(uuid[]) to sw_web;
