-- Passes that were suspended and claims that were settled are told of, too.
drop index journal_entry_tells;
create or replace function journal_tells(verb text, content bytea) returns boolean
  language sql immutable parallel safe as $$
  select verb in ('inspection.ordered', 'inspection.changed', 'inspection.scheduled', 'inspection.consolidated',
                  'inspection.cancelled', 'release.issued', 'release.revoked', 'recall.opened', 'duty.opened',
                  'message.buried', 'pass.suspended', 'claim.settled', 'claim.ended')
      or (verb = 'receipt.received' and (position('"outcome":"inspect"'::bytea in content) > 0
                                      or position('"outcome":"hold"'::bytea in content) > 0
                                      or position('"outcome":"returned"'::bytea in content) > 0
                                      or position('"outcome":"refused"'::bytea in content) > 0))
$$;
create index journal_entry_tells on journal_entry (id) where journal_tells(verb, content);
