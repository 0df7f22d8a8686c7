-- What the platform's operator does about parties, as sw_engine.

-- name: lock
-- One after the other, so that what is there already is asked once.
select pg_advisory_xact_lock(7700031)

-- name: taken
-- What stands in the way of a new party: its code, its component, or the one operator there is.
select code, partner, kind, name_zh, name_en from party
 where code = %(code)s or partner = %(partner)s or (kind = 'platform' and %(kind)s = 'platform')

-- name: register
insert into party (kind, code, partner, name_zh, name_en, seal, customs_code)
values (%(kind)s, %(code)s, %(partner)s, %(name_zh)s, %(name_en)s, %(seal)s, %(customs_code)s)
returning id

-- name: login_taken
select from person where login = %s

-- name: admit
-- Nobody where the login is in use.
with made as (
  insert into person (login, name, password_hash, password_until)
  values (%(login)s, %(name)s, %(hash)s, %(until)s) on conflict (login) do nothing returning id
)
insert into membership (person_id, party_id, roles)
select id, %(party)s, %(roles)s from made returning person_id

-- name: named
-- Locked: what is decided of it holds until the end.
select p.id, p.kind, p.code, p.partner, p.name_zh, p.name_en, into_.code as merged_into,
       (select min(o.code) from party o where o.merged_into = p.id) as taken_over
  from party p left join party into_ on into_.id = p.merged_into
 where p.code = %s for update of p

-- name: merge
update party set merged_into = %(into)s, merged_from = %(on)s where id = %(party)s

-- name: platform
select id from platform_operator order by id

-- name: parties
select id, kind, code, partner, name_zh, name_en, merged_into, merged_from, administrators
  from parties_registered(%(kind)s, %(code)s, %(after)s, %(managing)s::text[], %(at)s, %(most)s)
