"""Messages of other vendors over HTTP: answered in their manner, delivered, answered by every receiver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.xml_answers import content_of
from programs import World, until
from singlewindow.server import rooms

pytestmark = pytest.mark.database
SAMPLES = rooms.PACKAGE / "connectors/customs/samples"
# One of each declaration: an older wrapper in GBK; fragments of several namespaces behind a byte order mark.
MESSAGES = ("foreign-spindles.swdec001.xml", "foreign-cars.fragments.xml")
RECEIVERS = {"customs", "quarantine", "border"}
BESIDE = {"foreign-spindles.swdec001.xml": {"maritime", "terminal"}, "foreign-cars.fragments.xml": set()}


def answered(world: World, submission: str) -> Any:
    """The submission once every receiver has answered on the business."""
    found = world.broker.get(f"/submissions/{submission}")
    sent = [each for each in found["documents"] if each["receiver"]]
    done = [each for each in sent if any(one["stage"] == "business" for one in each["receipts"])]
    return sent if len(done) == len(sent) > 1 else None


@pytest.mark.parametrize("name", MESSAGES)
def test_it_is_taken_delivered_and_answered(world: World, name: str) -> None:
    path = Path(SAMPLES / name)
    body, headers = path.read_bytes(), {"Content-Type": "application/xml", "Accept": "*/*"}
    answer = world.broker.ask("POST", "/submissions", body, name, headers)
    assert answer.status == 202, answer.body
    receipt = content_of(body, answer.body, answer.headers["Content-Type"])
    submission = receipt["submission_id"]
    sent = until(lambda: answered(world, submission))
    assert {each["receiver"] for each in sent} == RECEIVERS | BESIDE[name]
    meant = json.loads(path.with_name(name.partition(".")[0] + ".json").read_bytes())["values"]
    content = world.broker.get(f"/submissions/{submission}/content")
    assert content["format"] == "customs_declaration"
    assert {field: content["values"].get(field) for field in meant} == meant
    again = world.broker.ask("POST", "/submissions", body, name, headers)
    assert content_of(body, again.body, again.headers["Content-Type"])["submission_id"] == submission
