-- A container's disposition is looked up by its dossier; only a call's, which is nobody's alone, by its key.
drop index disposition_key;
create index disposition_call on disposition (subject_key) where subject_kind = 'conveyance';
