-- The parties registered, for who runs the platform: on its page, and by the command on the machine.

-- Behind a number, at most so many; those of one kind, or the one of a code. A citizen's number leaves by its end
-- alone, and is nothing to look for. Administrators: those who can sign in.
create function parties_registered(of_kind text, of_code text, beyond int, managing text[], at timestamptz, most int)
  returns table (id int, kind text, code text, partner text, name_zh text, name_en text, merged_into text,
                 merged_from date, administrators bigint)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select p.id, p.kind, case p.kind when 'individual' then '…' || right(p.code, 4) else p.code end, p.partner,
         p.name_zh, p.name_en, heir.code, p.merged_from,
         (select count(*) from membership m join person h on h.id = m.person_id
           where m.party_id = p.id and m.roles && managing and m.ended_at is null and h.active
             and (h.password_until is null or h.password_until > at))
    from party p left join party heir on heir.id = p.merged_into
   where (session_user = 'sw_engine' or exists (select from platform_operator where id = any (viewing())))
     and p.id > beyond and (of_kind = '' or p.kind = of_kind)
     and (of_code = '' or p.code = of_code and p.kind <> 'individual')
   order by p.id limit most
  $$;
revoke execute on function parties_registered(text, text, int, text[], timestamptz, int) from public;
grant execute on function parties_registered(text, text, int, text[], timestamptz, int) to sw_web, sw_engine;
