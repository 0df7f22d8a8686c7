-- Few orders are open at a time, and they are looked at all day; those that are over grow with the years.
create index inspection_order_open on inspection_order ((coalesce(appointed_at, opened_at)))
  where state not in ('closed', 'cancelled');
create index inspection_order_over on inspection_order (changed_at desc) where state in ('closed', 'cancelled');
-- What officers of an agency lately rested their orders on is offered to the next one.
create index instruction_on_screen on instruction (agency, received_at desc) where channel = 'screen';
