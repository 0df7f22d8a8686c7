-- Where the rows of rows.py go.

-- name: dossier
copy dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at, viewers)
  from stdin (format binary)

-- name: dossier_document
copy dossier_document (submission_id, document_id, dossier, kind, party, viewers, load) from stdin (format binary)

-- name: identity_key
copy identity_key (kind, value, carrier, dossier, viewers) from stdin (format binary)

-- name: dossier_object
copy dossier_object (dossier, kind, key, number, seal, lot, lines, dangerous, since, viewers, due)
  from stdin (format binary)
