-- Tables that Django brings: sessions belong to the portal, the list of migrations may be read by all.
grant select, insert, update, delete on django_session to sw_web;
grant select on django_migrations to sw_web, sw_intake, sw_engine, sw_component;
