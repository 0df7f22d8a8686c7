-- Where the rows of rows.py go.

-- name: instruction
copy instruction (agency, channel, id, version, dossier, origin, "order", subject_kind, subject_key, method, items,
                  basis, text, withdrawn, at, received_at, viewers)
  from stdin (format binary)

-- name: disposition
copy disposition (dossier, subject_kind, subject_key, number, lot, version, kind, agencies, missing, used, changed_at,
                  viewers)
  from stdin (format binary)

-- name: release
copy release (id, number, dossier, version, statement, key_id, signature, issued_at, valid_until, viewers)
  from stdin (format binary)

-- name: gate_pass
copy gate_pass (key, number, seals, releases, dossiers, version, issued_at, valid_until, operators, viewers)
  from stdin (format binary)
