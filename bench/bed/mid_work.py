"""Consignments in the middle of their work: two agencies inspect one container, the other is free to go.

The shipped sample as it is, dangerous goods included, each on a voyage of its own: counterparts answer to its
bill as in the demonstration, unless they are in the ``prompt`` profile.
"""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
from lxml import html
from msgspec import Struct

from bed.bodies import SAMPLE
from bed.browser import counted
from bed.installation import Platform
from bed.outcome import NotTrueError
from bed.rest import at_rest

READY_S, LOOK_S = 60.0, 0.5
MATRIX = "//*[@id='disposition']"
OWN = ("bill_number", "bill_of_lading_number", "contract_number", "voyage_number", "delivery_number")


class Content(Struct, frozen=True):
    """What a consignment's page shows."""

    documents: int
    receipts: int
    agencies: int
    objects: int
    orders: int
    releases: int

    def lacks(self, least: Content) -> dict[str, int]:
        """What it shows too few of, and how many."""
        return {
            name: getattr(self, name)
            for name in self.__struct_fields__
            if getattr(self, name) < getattr(least, name)
        }


# Five documents, each taken in and answered; two containers, goods and ship; a joint order and a release.
LEAST = Content(documents=5, receipts=10, agencies=4, objects=4, orders=1, releases=1)


def body(n: int) -> bytes:
    """The sample's bytes with numbers of its own."""
    document: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    values = document["values"]
    values |= {name: f"{values[name]}{n:04d}" for name in OWN}
    return json.dumps(document, ensure_ascii=False).encode()


def content(page: str) -> Content:
    """What there is on it, counted."""
    tree = html.fromstring(page)
    matrix, receipts = tree.xpath(MATRIX), counted(page)
    found = matrix[0] if matrix else html.fromstring("<table/>")
    return Content(
        documents=len(receipts),
        receipts=sum(receipts.values()),
        agencies=max(0, len(found.xpath(".//thead//th")) - 2),
        objects=len(found.xpath(".//tbody/tr")),
        orders=len(found.xpath(".//a[contains(@href, '/inspections/')]")),
        releases=len(found.xpath(".//td[contains(@class, 'res')]//p[@class='m']")),
    )


def submitted(running: Platform, count: int) -> list[str]:
    """So many of them handed in by the broker's system, and all that is to come of it so far come."""
    ids = []
    head = {"authorization": f"Bearer {running.token}", "content-type": "application/json"}
    with httpx.Client(base_url=running.configuration.url, headers=head, timeout=30) as client:
        for n in range(count):
            key = {"idempotency-key": f"mid-work-{n}"}
            answer = client.post("/api/v1/submissions", content=body(n), headers=key)
            if answer.status_code != 202:
                raise NotTrueError(f"refused: {answer.status_code} {answer.text[:500]}")
            ids.append(answer.json()["submission_id"])
    at_rest(running)
    return ids


def shown(client: httpx.Client, ids: list[str], least: Content = LEAST) -> Content:
    """What the last one's page shows, once it and all others show enough; raises NotTrueError."""
    deadline = time.monotonic() + READY_S
    for id_ in ids:
        while lacking := (found := content(client.get(f"/consignments/{id_}").text)).lacks(least):
            if time.monotonic() > deadline:
                raise NotTrueError(f"the page of {id_} shows too little: {lacking}")
            time.sleep(LOOK_S)
    return found
