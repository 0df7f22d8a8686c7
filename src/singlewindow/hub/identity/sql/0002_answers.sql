-- What a program was answered when it asked for something to be done: the same key gets the same answer.
create table api_answer (
  party   int         not null,
  key     text        not null collate "C" check (length(key) between 1 and 80),
  digest  bytea       not null check (octet_length(digest) = 32),  -- of method, path and body
  status  smallint    not null,
  body    bytea       not null check (octet_length(body) <= 1048576),
  at      timestamptz not null,
  primary key (party, key)
);
create index api_answer_at on api_answer (at);
alter table api_answer enable row level security;
alter table api_answer force row level security;
create policy read on api_answer for select to sw_web using (party = any ((select viewing())::int[]));
create policy write on api_answer for insert to sw_web with check (party = any ((select viewing())::int[]));
grant select, insert on api_answer to sw_web;
grant select (at), delete on api_answer to sw_engine;
