-- What favourable answers in bulk have touched and nobody has decided on yet; a conveyance call by its key.
create table coordination_due (
  dossier uuid        not null,
  call    text        not null collate "C",
  since   timestamptz not null,
  primary key (dossier, call)
);
grant select, insert, delete on coordination_due to sw_engine;
