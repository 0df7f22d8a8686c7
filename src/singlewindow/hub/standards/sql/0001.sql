-- Code lists (K03): public facts, readable by every role that checks or shows a code.

create table code_list (
  id          text not null primary key collate "C",
  name_zh     text not null,
  name_en     text not null,
  source_zh   text not null,
  source_en   text not null,
  imported_at timestamptz                          -- null: as shipped; then shipped codes stay out
);
-- One row a code and period of validity. A code that goes is ended, not deleted.
create table code (
  list       text  not null collate "C" references code_list,
  code       text  not null collate "C",
  valid_from date  not null default '0001-01-01',  -- the first day of the calendar: always has been
  valid_to   date  not null default '9999-12-31',  -- the last: open
  place      int   not null,                       -- order within the list, as its source gives it
  name_zh    text  not null,
  name_en    text  not null,
  pinyin     text  not null default '',            -- one syllable a character; Chinese order and search
  successor  text  not null default '',
  source     text  not null,
  extra      jsonb not null default '{}',
  primary key (list, code, valid_from),
  check (valid_to >= valid_from)
);

grant select on code_list, code to sw_web, sw_intake, sw_engine, sw_component;
grant insert, update on code_list to sw_engine;
grant insert, update, delete on code to sw_engine;
