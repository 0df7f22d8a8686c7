"""The styleguide: every component from its real template, in the light and in the dark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from singlewindow.hub.ui import menu, moments, specimens
from singlewindow.kernel.messages import Text

NOTHING = Text("", "")
STATUSES = (
    ("ok", Text("放行", "Released"), "P"),
    ("ins", Text("查验", "Inspection"), "C"),
    ("hold", Text("挂起", "On hold"), ""),
    ("deny", Text("不予放行", "Release denied"), ""),
    ("back", Text("退回修改", "Returned"), "Z"),
    ("run", Text("处理中", "In process"), "L"),
    ("wait", Text("待回执", "Awaiting receipt"), ""),
    ("draft", Text("暂存", "Draft"), ""),
    ("off", Text("已撤销", "Withdrawn"), ""),
    ("warn", Text("提醒", "Notice"), ""),
)
SEALS = (
    SimpleNamespace(seal="关", name=Text("海关", "Customs")),
    SimpleNamespace(seal="检", name=Text("检验检疫", "Inspection and quarantine")),
    SimpleNamespace(seal="边", name=Text("边检", "Border inspection")),
    SimpleNamespace(seal="海", name=Text("海事", "Maritime safety")),
    SimpleNamespace(seal="码", name=Text("码头", "Terminal")),
)
COLOURS = ("header", "brand-600", "brand-100", "bg", "panel", "label", "line-2", "line-3")
STATUS_COLOURS = ("ok", "ins", "hold", "deny", "back", "run", "wait", "f-req")
ICONS = (
    *("house", "file-text", "files", "container", "ship", "train-front", "plane", "truck"),
    *("search", "bell", "mail", "user", "users", "shield-check", "check", "x"),
    *("clock", "chevron-down", "plus", "minus", "save", "send", "printer", "copy"),
    *("download", "upload", "link", "list", "settings", "funnel", "refresh-cw", "log-out"),
)
THEMES = ("light", "dark")
_START = datetime(2025, 11, 17, 8, 20, 11, tzinfo=UTC)
_STORY = (
    (0, "documents", "run", Text("第 1 版申报", "Version 1 declared"), SEALS[:0]),
    (47, "documents", "back", Text("退回修改", "Returned"), SEALS[:1]),
    (22_700, "logistics", "ok", Text("抵港", "Arrived"), SEALS[4:]),
    (63_120, "documents", "run", Text("第 2 版申报", "Version 2 declared"), SEALS[:0]),
    (63_128, "documents", "ok", Text("放行", "Released"), SEALS[2:4]),
    (63_142, "documents", "ins", Text("查验", "Inspection"), SEALS[:2]),
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Examples are made up; the markup is what pages use."""
    viewer = getattr(request, "viewer", None)
    shown = examples(viewer.permissions if viewer else frozenset())
    rooms = {"styles": specimens.styles(), "specimens": specimens.drawn(THEMES)}
    return render(request, "ui/styleguide.html", shown | rooms)


def examples(permissions: frozenset[str]) -> dict[str, Any]:
    """What the components are shown with; the menu is the viewer's own."""
    return {
        "statuses": STATUSES,
        "seals": SEALS,
        "stands": [
            (party, SimpleNamespace(state=SimpleNamespace(kind=kind), word=word))
            for party, (kind, word, _) in zip(SEALS, STATUSES, strict=False)
        ],
        "colours": (COLOURS, STATUS_COLOURS),
        "icons": ICONS,
        "columns": [_column(at) for at in range(len(_STORY))],
        "pairs": (
            (Text("提运单", "Bill"), "CQX2511070386"),
            (Text("检查点", "Checkpoint"), "#20,871"),
        ),
        "tabs": (
            {"href": "#components", "name": Text("回执", "Receipts"), "count": 7, "current": True},
            {"href": "#components", "name": Text("单证", "Documents"), "count": 5, "current": False},
        ),
        "themes": THEMES,
        "groups": menu.groups(permissions),
    }


def _column(at: int) -> SimpleNamespace:
    seconds, track, kind, title, seals = _STORY[at]
    moment = _START + timedelta(seconds=seconds)
    before = _START + timedelta(seconds=_STORY[at - 1][0]) if at else None
    return SimpleNamespace(
        at=moment,
        track=track,
        kind=kind,
        title=title,
        note=NOTHING,
        detail=NOTHING,
        seals=seals,
        time=moments.clock_time(moment, seconds=seconds > 63_000),
        day=moments.day(moment) if at in (0, 3) else None,
        gap=moments.span(moment - before) if before else None,
        latest=at == len(_STORY) - 1,
    )
