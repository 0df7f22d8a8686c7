"""How many connections the web role takes, by its own bound and by the files that it may open."""

from __future__ import annotations

import resource

import pytest

from singlewindow.server import web

WANTED = web.MOST_CONNECTIONS + web.BESIDE
ENDLESS = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("limits", "raised_to", "taken"),
    [
        ((1024, 524_288), WANTED, web.MOST_CONNECTIONS),
        ((1024, ENDLESS), WANTED, web.MOST_CONNECTIONS),
        ((1024, 4096), 4096, 4096 - web.BESIDE),
        ((256, 512), 512, 256),
        ((1_000_000, 1_000_000), None, web.MOST_CONNECTIONS),
        ((ENDLESS, ENDLESS), None, web.MOST_CONNECTIONS),
    ],
)
def test_as_many_as_files_may_be_opened_and_never_more_than_bounded(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], raised_to: int | None, taken: int
) -> None:
    said: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: said.append(wanted))
    assert web.connections() == taken
    assert said == ([] if raised_to is None else [(raised_to, limits[1])])
