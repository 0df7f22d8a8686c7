-- The list of migrations that Django keeps may be read by all: doctor compares it with the code.
grant select on django_migrations to sw_web, sw_intake, sw_engine, sw_component;
