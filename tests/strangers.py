"""Parties of every kind that have nothing to do with a platform's goods, and whoever asks for them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from running import Platform
from singlewindow.hub.identity import passwords
from singlewindow.hub.identity.roles import book
from singlewindow.hub.identity.tokens import new_token

KINDS = {
    "firm": "91500112MADEM0C4X3",
    "individual": "11010519491231002X",
    "agency": "forestry",
    "operator": "91500112MADEM0T2X4",
}
PARTY = """insert into sw.party (kind, code, name_zh, name_en, seal)
  values (%s, %s, %s, %s, '外') returning id"""
PERSON = """with made as (insert into sw.person (login, name, password_hash) values (%s, %s, %s) returning id)
  insert into sw.membership (person_id, party_id, roles) select id, %s, %s from made returning person_id"""
TOKEN = "insert into sw.api_token (hash, party_id, name, scopes) values (%s, %s, %s, %s) returning id"
FORGET = """with parties as (select id from sw.party where code = any (%s)),
  tokens as (delete from sw.api_token where party_id in (select id from parties)),
  members as (delete from sw.membership where party_id in (select id from parties) returning person_id)
  delete from sw.sign_in_failure where person_id in (select person_id from members)"""
FORGET_ALL = (
    "delete from sw.person where login like 'stranger-%'",
    "delete from sw.party where code = any (%s)",
)
KNOWN_S = 20.0


@dataclass(frozen=True)
class Account:
    """Somebody signed in, or a program with a token; ``party``: its number."""

    name: str
    party: int
    client: httpx.Client

    @property
    def by_token(self) -> bool:
        """Whether it asks the API, as programs do; people ask the pages."""
        return "authorization" in self.client.headers

    def ask(self, method: str, path: str, fields: Mapping[str, Any] = {}, json: Any = None) -> httpx.Response:
        """One request as a page or a program of the account's own would send it."""
        if method == "GET":
            return self.client.get(path)
        if json is not None or self.by_token:
            key = hashlib.sha256(f"{self.name}{method}{path}{json}".encode()).hexdigest()[:40]
            return self.client.request(method, path, json=json, headers={"idempotency-key": key})
        return self.client.request(method, path, data=dict(fields))


@contextmanager
def strangers(platform: Platform) -> Iterator[list[Account]]:
    """Of each kind of party somebody who holds all its roles, and a token with all its scopes."""
    opened: list[Account] = []
    with psycopg.connect(platform.configuration.dsn("postgres"), autocommit=True) as connection:
        try:
            tokens = [_of_party(platform, connection, opened, kind) for kind in KINDS]
            for person, token in zip(tuple(opened), tokens, strict=True):
                name = person.name.replace("stranger", "token")
                opened.append(Account(name, person.party, with_token(platform, token)))
            yield opened
        finally:
            for account in opened:
                account.client.close()
            connection.execute(FORGET, [[*KINDS.values()]])
            connection.execute(FORGET_ALL[0])
            connection.execute(FORGET_ALL[1], [[*KINDS.values()]])


def _of_party(platform: Platform, connection: Any, opened: list[Account], kind: str) -> str:
    """Its person joins those who have opened a browser; its token, which is known to the platform soon."""
    party = _one(connection, PARTY, [kind, KINDS[kind], f"局外{kind}", f"Stranger {kind}"])
    login, password, token = f"stranger-{kind}", passwords.one_time(), new_token()
    roles = list(book().offered(kind))
    _one(connection, PERSON, [login, login, passwords.hashed(password), party, roles])
    digest = hashlib.sha256(token.encode()).digest()
    _one(connection, TOKEN, [digest, party, f"stranger {kind}", book().for_programs(kind)])
    opened.append(Account(login, party, signed_in(platform, login, password)))
    return token


def signed_in(platform: Platform, login: str, password: str) -> httpx.Client:
    """A browser of somebody, with the token that every form of theirs carries."""
    client = _client(platform, {"accept": "text/html", "accept-language": "en", "referer": platform.url})
    client.get("/sign-in")
    client.headers["x-csrftoken"] = client.cookies["csrftoken"]
    assert client.post("/sign-in", data={"login": login, "password": password}).status_code == 302, login
    client.headers["x-csrftoken"] = client.cookies["csrftoken"]
    return client


def with_token(platform: Platform, token: str) -> httpx.Client:
    """A program's client, once its token is known."""
    client = _client(platform, {"accept": "application/json", "authorization": f"Bearer {token}"})
    deadline = time.monotonic() + KNOWN_S
    while client.get("/api/v1/me").status_code != 200:
        assert time.monotonic() < deadline, "the token is not known"
        time.sleep(0.1)
    return client


def _client(platform: Platform, headers: Mapping[str, str]) -> httpx.Client:
    return httpx.Client(base_url=platform.url, headers=headers, trust_env=False, timeout=20)


def _one(connection: Any, statement: str, values: Sequence[Any]) -> int:
    row = connection.execute(statement, values).fetchone()
    return int(row[0])
