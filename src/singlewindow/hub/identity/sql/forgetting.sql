-- Answers of api_answer whose time is over, as sw_engine, which sees nothing of them but their time.

-- name: forget
delete from api_answer where at <= (
  select max(at) from (select at from api_answer where at < %(before)s order by at limit %(most)s) oldest)
