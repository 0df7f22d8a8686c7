"""A work-list says what is to be done, until when, and how long is left, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import path
from msgspec import structs

from singlewindow.hub.portal import worklist
from singlewindow.hub.process.queries import Duty, Work, WorkList
from singlewindow.kernel.messages import Text

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)  # 14:00 in Chongqing, a Friday
pytestmark = pytest.mark.usefixtures("pages")


def work(due: datetime | None, reason: str = "件数与舱单不符") -> Work:
    duty = Duty(
        UUID(int=1), UUID(int=2), "correct", "customs", "back", Text("退回修改", "Returned"),
        Text("改了再报", "Correct it"), Text("改单", "Correct"), reason, NOW, due,
    )  # fmt: skip
    return Work(duty, "goods_declaration", "CQX1", Text("甲岚", "Jialan"), 1)


@pytest.mark.parametrize(
    ("due", "zh", "en"),
    [
        ("2026-11-20T15:30:00+08:00", "今天 15:30", "Today 15:30"),
        ("2026-11-20T23:59:59+08:00", "今天", "Today"),
        ("2026-12-07T23:59:59+08:00", "12-07 周一", "Mon 12-07"),
        ("2027-01-04T09:00:00+08:00", "2027-01-04 周一 09:00", "Mon 01-04 2027 09:00"),
    ],
)
def test_a_deadline_is_a_day_and_its_hour_where_that_matters(due: str, zh: str, en: str) -> None:
    assert worklist.when(datetime.fromisoformat(due), NOW) == Text(zh, en)


def test_what_is_left_and_what_is_over() -> None:
    assert worklist.left(NOW + timedelta(minutes=55), NOW) == Text("余 55 分", "55 min left")
    assert worklist.left(NOW - timedelta(days=2, hours=3), NOW) == Text("逾期 2 天 3 小时", "2 d 3 h late")


@pytest.mark.parametrize(("hours", "pressing"), [(-1, True), (47, True), (49, False)])
def test_what_is_due_soon_is_marked(hours: int, pressing: bool) -> None:
    (task,) = worklist.tasks(WorkList((work(NOW + timedelta(hours=hours)),), 1), NOW).lines
    assert task.pressing is pressing


def test_without_a_deadline_it_says_so() -> None:
    (task,) = worklist.tasks(WorkList((work(None),), 1), NOW).lines
    assert (task.when, task.left, task.pressing) == (worklist.NONE, None, False)


def test_the_list_shows_each_line_escaped_with_one_way_to_the_consignment() -> None:
    lines = (work(NOW + timedelta(days=1), reason="<b>件数</b>"), work(None, reason=""))
    page = render_to_string("portal/worklist.html", {"tasks": worklist.tasks(WorkList(lines, 40), NOW)})
    assert page.count("data-row") == page.count("data-open") == 2
    assert "&lt;b&gt;件数&lt;/b&gt;" in page
    assert "最急 2 条，共 40 条" in page
    assert page.count("甲岚</td>") == 2
    assert "未设期限" in page


def test_what_is_sent_back_is_mended_in_one_step_by_who_may_write() -> None:
    tasks = worklist.tasks(WorkList((work(None),), 1), NOW)
    mend = f"/new?mends={UUID(int=1)}"
    from singlewindow.hub.portal import urls

    form = path("new", urls.pages.home, name="goods_declaration-new")
    with override_settings(ROOT_URLCONF=(*urls.urlpatterns, form)):
        assert mend in render_to_string("portal/worklist.html", {"tasks": tasks, "may_write": True})
        assert mend not in render_to_string("portal/worklist.html", {"tasks": tasks, "may_write": False})


def test_what_several_send_back_is_one_line_with_each_ones_reason_and_one_way_to_correct_it() -> None:
    both = structs.replace(
        work(None), also=(structs.replace(work(None).duty, partner="quarantine", reason="缺产地证"),)
    )
    page = render_to_string("portal/worklist.html", {"tasks": worklist.tasks(WorkList((both,), 1), NOW)})
    assert page.count("data-row") == page.count("data-open") == 1
    assert page.count("<li>") == 2
    assert page.index("件数与舱单不符") < page.index("缺产地证")
    assert "quarantine" in page


def test_every_line_can_be_reached() -> None:
    found = WorkList((work(None),) * 3, 9)
    tasks = worklist.tasks(found, NOW, most=2)
    assert (len(tasks.lines), tasks.number, tasks.following) == (2, 9, found.lines[1].place)
    page = render_to_string("portal/worklist.html", {"tasks": tasks, "further": "PLACE"})
    assert "?due=PLACE" in page
    last = worklist.tasks(WorkList(found.lines[:2], 9), NOW, most=2, first=False)
    assert last.following is None
    assert "work-first" in render_to_string("portal/worklist.html", {"tasks": last})
