-- What the platform filled in when the document was handed in, beside what was entered: a JSON object of texts.
alter table document_version add column filled bytea check (octet_length(filled) <= 4096);
