-- What programs ask of identity, as sw_web under row-level security.

-- name: party
select id, kind, code, partner, name_zh, name_en, seal, customs_code from party where id = %(id)s

-- name: parties
select id, kind, code, partner, name_zh, name_en, seal, customs_code
  from party where id > %(after)s order by id limit %(most)s

-- name: mandates
select id, principal, agent, scope, valid_from, valid_to, revoked_at is not null as revoked
  from mandate where id > %(after)s order by id limit %(most)s
