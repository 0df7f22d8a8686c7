"""The broker reads which elements no definition names, and who was sent them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from contracts.bad_messages import message_of

from .conftest import Platform, at_desk_and_phone, in_both_languages, story

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
SENT = {"zh-hans": "只以原格式发给 海关", "en": "sent in the same format only, to Customs"}
UNSENT = {"zh-hans": "不发给任何一方", "en": "nobody is sent them"}
NOBODY = {"zh-hans": "未发出", "en": "nobody"}
CUSTOMS = {"zh-hans": "海关", "en": "Customs"}
FORMAT = {"zh-hans": "报关单 DecMessage 4.0", "en": "DecMessage 4.0"}
HOW = {"zh-hans": "原样转出", "en": "passed on as it came"}


def numbered(bill: str, **values: Any) -> dict[str, Any]:
    return story(bill_number=bill, bill_of_lading_number=bill, **values)


@pytest.fixture(scope="module")
def as_message(platform: Platform) -> str:
    """A DecMessage with three elements that no definition names, one of them in the signature."""
    message = message_of(json.dumps(numbered("CQSAMEXML")).encode()).decode()
    for end, element in {
        "</DecHead>": "<Colour>azure</Colour>",
        "</DecList>": "<Extra><A>1</A></Extra>",
        "</DecSign>": "<HostId>9</HostId>",
    }.items():
        message = message.replace(end, element + end, 1)
    headers = {"Authorization": f"Bearer {platform.token}", "Idempotency-Key": "same-xml"}
    headers |= {"Content-Type": "application/xml", "Accept": "application/json"}
    request = urllib.request.Request(f"{platform.url}/api/v1/submissions", message.encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return f"/consignments/{json.load(answer)['submission_id']}"


@in_both_languages
@at_desk_and_phone
def test_who_is_sent_them_is_said(
    as_message: str,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    with sign_in("broker", language, size=size) as page:
        page.goto(f"{as_message}/declaration")
        section = page.locator("section[aria-labelledby=h-unknown]")
        assert SENT[language] in section.inner_text()
        rows = {row.split("\t")[0]: row for row in section.locator("tbody tr").all_inner_texts()}
        assert rows["DecHead/Colour"].split("\t")[1:] == ["azure", CUSTOMS[language]]
        assert rows["goods[0].DecList/Extra"].endswith(CUSTOMS[language])
        assert rows["DecSign/HostId"].endswith(NOBODY[language])
        assert FORMAT[language] in page.locator("main .keys").inner_text()
        picture(page, f"unknown-{language}-{size[0]}")
        page.goto(as_message)
        assert FORMAT[language] in page.inner_text("main")
        assert "customs_declaration" not in page.inner_text("main")
        customs = page.locator("tr", has=page.locator(f"text={CUSTOMS[language]}")).locator("td.doc a")
        page.goto(customs.first.get_attribute("href"))
        kept = page.locator("table.boxes tbody tr").filter(has_text="azure")
        assert kept.count() == 1
        assert "DecHead/Colour" in kept.inner_html()
        assert HOW[language] in kept.inner_html()
        line = page.locator("table.boxes tbody tr").filter(has_text="DecList/Extra")
        assert "1" in line.locator("td").nth(3).inner_text()
        picture(page, f"kept-{language}-{size[0]}")


@in_both_languages
def test_that_nobody_is_sent_them_is_said_and_a_copy_keeps_them(
    platform: Platform, sign_in: Callable[..., Any], language: str
) -> None:
    values = numbered(f"CQSAMEJSON{language[:2].upper()}", Colour="azure")
    answer = platform.submit(json.dumps(values).encode(), f"same-json-{language}")
    with sign_in("broker", language) as page:
        page.goto(f"/consignments/{answer['submission_id']}/declaration")
        section = page.locator("section[aria-labelledby=h-unknown]")
        assert UNSENT[language] in section.inner_text()
        assert section.locator("tbody tr").all_inner_texts() == [f"Colour\tazure\t{NOBODY[language]}"]
        page.click("a[href*='new?of=']")
        page.wait_for_url("**/new?of=*")
        assert '"Colour": "azure"' in page.content() or '"Colour":"azure"' in page.content()
