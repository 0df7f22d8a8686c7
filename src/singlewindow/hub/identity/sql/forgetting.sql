-- Answers, failures and sessions whose time is over, as sw_engine, which sees nothing of them but their time:
-- the oldest so many, with those of the very same instant.

-- name: answers
delete from api_answer where at <= (
  select max(at) from (select at from api_answer where at < %(before)s order by at limit %(most)s) oldest)

-- name: failures
delete from sign_in_failure where since <= (
  select max(since) from (select since from sign_in_failure where since < %(before)s order by since limit %(most)s) oldest)

-- name: sessions
delete from session where expires <= (
  select max(expires) from (select expires from session where expires < %(before)s order by expires limit %(most)s) oldest)
