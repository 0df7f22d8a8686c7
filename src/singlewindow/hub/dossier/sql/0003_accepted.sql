-- What opens a dossier, one entry of the journal in fifteen, is found without reading the others.
create index journal_entry_accepted on journal_entry (id) where verb = 'submission.accepted';
