-- What people ask for on screens, programs of the same agencies and terminals ask for by their tokens.
alter policy ask on coordination_request
  with check (actor_kind in ('person', 'token') and actor_party = (select acting())
              and viewers = array[actor_party]);
