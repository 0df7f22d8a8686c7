"""A consignment in the middle of its work is the sample with numbers of its own; its page shows enough."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from bench.pages import mid_work

PAGE = """<section id="disposition"><table><thead><tr><th>对象<th>海关<th>检疫<th>综合处置</tr></thead><tbody>
<tr><th>箱<td>查<td>查<td class="res"><a href="/inspections/1">查验单</a></td></tr>
<tr><th>箱<td>放<td>放<td class="res"><p class="m">R1</p></td></tr></tbody></table></section>
<details id="receipts-a"><ol><li><time>1</time></li><li><time>2</time></li></ol></details>
<details id="receipts-b"><ol><li><p>尚无回执</p></li></ol></details>"""
Content = mid_work.Content
SHOWN = Content(documents=2, receipts=2, agencies=2, objects=2, orders=1, releases=1)


def values(n: int) -> dict[str, Any]:
    return json.loads(mid_work.body(n))["values"]


def test_each_is_the_sample_on_a_voyage_of_its_own() -> None:
    sample = json.loads(mid_work.SAMPLE.read_text("utf-8"))["values"]
    first, second = values(1), values(2)
    assert {name for name in first if first[name] != second[name]} == set(mid_work.OWN)
    assert {name for name in first if first[name] != sample[name]} == set(mid_work.OWN)
    assert all(first[name].startswith(sample[name]) for name in mid_work.OWN)


def test_what_a_page_shows_is_counted() -> None:
    assert mid_work.content(PAGE) == SHOWN
    assert mid_work.content("<p>nothing</p>") == Content(0, 0, 0, 0, 0, 0)


def test_a_page_that_shows_too_little_is_none_to_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mid_work, "READY_S", 0.0)
    client: Any = SimpleNamespace(get=lambda _: SimpleNamespace(text=PAGE))
    assert mid_work.shown(client, ["a"], SHOWN) == SHOWN
    with pytest.raises(mid_work.NotTrueError, match="'documents': 2, 'orders': 1"):
        mid_work.shown(client, ["a"], Content(5, 2, 2, 2, 2, 1))
