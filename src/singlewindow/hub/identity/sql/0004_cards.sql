-- The e-port card (电子口岸操作员卡) a party's clerk keys in under. It is issued to the party for that person, so it
-- belongs to the membership. Pages learn its last four characters; doors alone know it whole.
alter table membership add column card text collate "C" check (card ~ '^[0-9A-Za-z]{8,13}$');
create unique index membership_card on membership (card);
revoke select on membership from sw_web;
grant select (person_id, party_id, roles, ended_at) on membership to sw_web;

create or replace function identity_snapshot() returns json language sql stable
  security definer set search_path = sw, pg_temp as $$
  select json_build_object(
    'parties', (select coalesce(json_agg(json_build_object(
        'id', id, 'kind', kind, 'code', code, 'partner', partner, 'name', json_build_array(name_zh, name_en),
        'seal', seal, 'customs_code', customs_code, 'merged_into', merged_into, 'merged_from', merged_from)
        order by id), '[]') from party),
    'mandates', (select coalesce(json_agg(json_build_object(
        'id', id, 'principal', principal, 'agent', agent, 'scope', scope,
        'valid_from', valid_from, 'valid_to', valid_to) order by id), '[]')
      from mandate where revoked_at is null and accepted_at is not null and valid_to >= current_date - 1),
    'tokens', (select coalesce(json_agg(json_build_object(
        'hash', encode(hash, 'hex'), 'party', party_id, 'name', name, 'scopes', scopes, 'valid_to', valid_to)
        order by hash), '[]')
      from api_token where revoked_at is null and (valid_to is null or valid_to > now())),
    'cards', (select coalesce(json_agg(json_build_object(
        'number', card, 'person', person_id, 'party', party_id, 'works', ended_at is null and active)
        order by card), '[]')
      from membership join person on person.id = person_id where card is not null))
  $$;

drop function people_of(int);
create function people_of(of_party int)
  returns table (id int, login text, name text, roles text[], active boolean, ended_at timestamptz,
                 signed_in_at timestamptz, locked_until timestamptz, password_until timestamptz, shared boolean,
                 card text)
  language sql stable security definer set search_path = sw, pg_temp as $$
  select p.id, p.login, p.name, m.roles, p.active, m.ended_at, p.signed_in_at,
         case when p.locked_until > now() then p.locked_until end, p.password_until,
         exists (select from membership o where o.person_id = p.id and o.party_id <> m.party_id),
         coalesce('…' || right(m.card, 4), '')
    from membership m join person p on p.id = m.person_id
   where m.party_id = of_party and of_party = any (viewing())
   order by m.ended_at is not null or not p.active, p.name, p.id
  $$;
-- True where it is theirs now, false where it is another's; nothing for a stranger. Whose it is, is not told.
create function card_registered(of_party int, who int, new_card text) returns boolean language plpgsql
  security definer set search_path = sw, pg_temp as $$
declare theirs boolean;
begin
  update membership set card = nullif(new_card, '')
   where person_id = who and party_id = of_party and of_party = any (viewing()) returning true into theirs;
  return theirs;
exception when unique_violation then return false;
end $$;
revoke execute on function people_of(int), card_registered(int, int, text) from public;
grant execute on function people_of(int), card_registered(int, int, text) to sw_web;
