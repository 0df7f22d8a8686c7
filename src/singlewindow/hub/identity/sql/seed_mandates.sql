insert into mandate (principal, agent, scope, valid_from, valid_to)
select principal.id, agent.id, scope, wanted.valid_from, wanted.valid_to
from jsonb_to_recordset(%s::jsonb)
  as wanted (principal text, agent text, scope text, valid_from date, valid_to date)
join party principal on principal.code = wanted.principal join party agent on agent.code = wanted.agent
where not exists (select from mandate where mandate.principal = principal.id
                    and mandate.agent = agent.id and mandate.scope = wanted.scope)
returning id, principal, jsonb_build_object('principal', principal, 'agent', agent, 'scope', scope)
