"""The HTTP door as a firm's system sees it, with what it leaves in the database."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg

from contracts.xml_answers import content_of
from running import Platform, body_of, declaration
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS
from singlewindow.hub.identity.tokens import issue, new_token
from singlewindow.kernel.messages import Actor
from singlewindow.server.composition import registry
from singlewindow.server.configuration import WEB

PATH = "/api/v1/submissions"
# What the platform tells terminals and agencies on its own account is no door's doing.
WRITTEN = """select (select count(*) from claim where partner like 'party:%'),
                    (select count(*) from submission),
                    (select count(*) from document where submission_id <> id),
                    (select count(*) from document_version),
                    (select count(*) from message where submission_id <> document_id),
                    (select count(*) from journal_entry
                      where verb in ('submission.accepted', 'document.issued'))"""
RECEIVERS = len(registry().projections)  # the good sample concerns every partner shipped
ONE_MORE = (1, 1, 1 + RECEIVERS, 1, RECEIVERS, 1 + RECEIVERS)


class Door:
    """The platform's HTTP door as a firm's system sees it, with what it leaves in the database."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.authorization = {"authorization": f"Bearer {platform.token}"}
        self.client = httpx.Client(base_url=platform.url, timeout=20, trust_env=False)
        self.numbers = itertools.count(1)

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        """Hand a body in; ``headers`` go over the usual ones."""
        return self.client.post(PATH, content=body, headers=self.authorization | (headers or {}))

    def fresh(self) -> bytes:
        """A good declaration that was not sent before."""
        bill = f"CQBAD{next(self.numbers):06d}"
        return body_of(declaration(bill_number=bill, bill_of_lading_number=bill))

    def written(self) -> tuple[int, ...]:
        """How many rows the door has written, table by table."""
        return self.platform.ask(WRITTEN)[0]

    def token(self, scopes: list[str], valid_to: datetime | None) -> str:
        """A new token of the broker's."""
        token = new_token()
        _issue(self.platform, token, scopes, valid_to)
        return token


def _issue(platform: Platform, token: str, scopes: list[str], valid_to: datetime | None) -> None:
    """As the firm's own administrator would; each token has a name of its own."""
    party, now = platform.ask("select party_id from api_token")[0][0], datetime.now(UTC)
    with psycopg.connect(platform.configuration.dsn(WEB)) as connection, connection.cursor() as cursor:
        cursor.execute(VIEWERS, [array([party]), str(party)])
        given = {"name": f"trial {token[-8:]}", "scopes": scopes, "valid_to": valid_to}
        made = issue(Actor("person", "0", "tests", party), cursor, **given, at=now, token=token)
    assert made is not None


def said(answer: httpx.Response) -> list[dict[str, Any]]:
    """The problems of a refusal, which must be RFC 9457, in both languages, and say what to do."""
    media = answer.headers["content-type"]
    in_json = media == "application/problem+json"
    content = answer.json() if in_json else content_of(answer.request.content, answer.content, media)
    assert str(content["status"]) == str(answer.status_code)
    assert content["type"] == f"urn:singlewindow:problem:{content['problems'][0]['code']}"
    assert content["title"]
    assert content["problems"]
    for problem in content["problems"]:
        for words in (problem["text"], problem["remedy"]):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in words["zh"]), problem
            assert words["en"].isprintable(), problem
            assert any("a" <= letter <= "z" for letter in words["en"]), problem
    assert "Traceback" not in answer.text
    return list(content["problems"])
