-- Why a container whose goods here are released has no pass: for whoever reads how these goods stand.

create function passes_waited_for(keys text[]) returns table (key text, why text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select c.key, case when c.contested then 'claimed' else 'shared' end
    from claimed_container c
   where c.key = any (keys)
     and exists (select from disposition d
                  where d.subject_key = c.key and d.subject_kind = 'container' and d.viewers && viewing())
     and not exists (select from gate_pass p where p.key = c.key)
  $$;
revoke execute on function passes_waited_for(text[]) from public;
grant execute on function passes_waited_for(text[]) to sw_web;
