insert into membership (person_id, party_id, roles, card)
select person.id, party.id, wanted.roles, wanted.card
from jsonb_to_recordset(%s::jsonb) as wanted (login text, party text, roles text[], card text)
join person using (login) join party on party.code = wanted.party
on conflict do nothing
returning person_id, party_id, jsonb_build_object('party', party_id, 'roles', roles)
