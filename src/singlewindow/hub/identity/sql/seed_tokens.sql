insert into api_token (hash, party_id, name, scopes)
select decode(wanted.hash, 'hex'), party.id, wanted.name, wanted.scopes
from jsonb_to_recordset(%s::jsonb) as wanted (hash text, party text, name text, scopes text[])
join party on party.code = wanted.party
on conflict (hash) do nothing
returning hash, party_id, jsonb_build_object('name', name, 'scopes', scopes)
