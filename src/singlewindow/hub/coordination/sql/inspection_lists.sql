-- The lists of inspection orders: what is open, whose turn it is, what is late; what is over.

-- name: open
-- Of the orders looked at how many answer each question, and a page of those that answer the one asked. A row of
-- counts alone where none does. Who plans (%(plans)s) agrees on a time and brings the box; agencies do the rest.
with looked as (
  select o.id, o.number, o.dossier, o.subject_kind, o.name, o.state, o.lead, o.method, o.opened_at, o.appointed_at,
         o.place, o.conclusion,
         case when o.state in ('collecting', 'issued') then %(plans)s
              when o.state = 'scheduled' then case when %(agency)s = '' then %(plans)s
                                                   else p.standing = 'joined' and o.appointed_at <= %(at)s end
              when p.standing = 'offered' then p.conclusion = '' and o.state = 'consolidated'
              when o.state = 'consolidated' then p.standing = 'joined' and o.conclusion = 'abnormal'
              else p.standing = 'joined' and p.conclusion = '' end is true as ours,
         o.state in ('scheduled', 'ready') and o.appointed_at <= %(at)s as overdue,
         (o.appointed_at >= %(since)s and o.appointed_at < %(until)s) is true as today
    from inspection_order o
    left join inspection_part p
      on p.inspection_order = o.id and p.agency = %(agency)s and p.standing <> 'withdrawn'
   where o.state not in ('closed', 'cancelled') and (%(agency)s = '' or p.agency is not null)
   order by coalesce(o.appointed_at, o.opened_at), o.number
   limit %(looked)s
), counted as (
  select count(*) as open, count(*) filter (where ours) as ours, count(*) filter (where overdue) as overdue,
         count(*) filter (where today) as today
    from looked
), page as (
  select * from looked
   where case %(show)s when 'ours' then ours when 'overdue' then overdue when 'today' then today
              else %(show)s = 'open' end
   order by coalesce(appointed_at, opened_at), number
  offset %(skip)s limit %(most)s
)
select c.open, c.ours, c.overdue, c.today, g.id, g.number, g.dossier, g.subject_kind, g.name, g.state, g.lead,
       g.method, g.opened_at, g.appointed_at, g.place, g.conclusion
  from counted c left join page g on true
 order by coalesce(g.appointed_at, g.opened_at), g.number

-- name: over
select o.id, o.number, o.dossier, o.subject_kind, o.name, o.state, o.lead, o.method, o.opened_at, o.appointed_at,
       o.place, o.conclusion
  from inspection_order o
 where o.state in ('closed', 'cancelled')
   and (%(agency)s = '' or exists (select from inspection_part p
                                    where p.inspection_order = o.id and p.agency = %(agency)s
                                      and p.standing <> 'withdrawn'))
 order by o.changed_at desc, o.number desc
offset %(skip)s limit %(most)s
