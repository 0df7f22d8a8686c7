-- How a call stands is read, beside whoever has goods on it, by the forwarder whom goods on it are entrusted to.
alter policy aboard on disposition using (
  subject_kind = 'conveyance' and dossier = '00000000-0000-0000-0000-000000000000'
  and (exists (select from dossier d where d.call = disposition.subject_key) or forwards_on(subject_key)));
