insert into person (login, name, password_hash)
select login, name, %s from jsonb_to_recordset(%s::jsonb) as wanted (login text, name text)
on conflict (login) do update set password_hash = excluded.password_hash
  where person.password_hash <> excluded.password_hash
returning id, 0, jsonb_build_object('login', login)
