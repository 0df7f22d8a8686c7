-- A pass that was given to who waited for it is told of, too.
drop index journal_entry_tells;
create or replace function journal_tells(verb text, content bytea) returns boolean
  language sql immutable parallel safe as $$
  select case when verb = 'receipt.received'
              then substr(content, position('},"outcome":"'::bytea in content) + 13, 4)
                   in ('insp', 'hold', 'retu', 'refu')
              else verb in ('inspection.ordered', 'inspection.changed', 'inspection.scheduled',
                            'inspection.consolidated', 'inspection.cancelled', 'release.issued', 'release.revoked',
                            'recall.opened', 'duty.opened', 'message.buried', 'pass.suspended', 'pass.given',
                            'claim.settled', 'claim.ended') end
$$;
create index journal_entry_tells on journal_entry (id) where journal_tells(verb, content);
