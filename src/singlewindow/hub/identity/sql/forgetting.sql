-- Answers, failures and sessions whose time is over, as sw_engine, which sees nothing of them but their time.

-- name: forget
delete from api_answer where at <= (
  select max(at) from (select at from api_answer where at < %(before)s order by at limit %(most)s) oldest)

-- name: failures
delete from sign_in_failure where since < %(before)s

-- name: sessions
delete from session where expires < %(at)s
