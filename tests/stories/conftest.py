"""A platform of its own, started as people start it, and a browser to drive it with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import running as tested
from browser_program import chromium
from singlewindow.apps import declarations
from singlewindow.hub.documents.samples import samples_in
from singlewindow.kernel.clock import ZONE, local_day, now
from singlewindow.rehearsal.ports import free_port
from singlewindow.server.composition import registry
from singlewindow.server.configuration import load
from singlewindow.server.loaders import demo_secrets

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "build" / "stories"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 90
STOP_SECONDS = 30
DAY_LEFT_SECONDS = 150
DESK, PHONE = (1440, 900), (390, 844)
in_both_languages = pytest.mark.parametrize("language", ["zh-hans", "en"])
at_desk_and_phone = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
SAMPLES = Path(declarations.__file__).parent / "samples"
PRINCIPAL = "91500112MADEM0A1XL"  # gave the demonstration's broker its mandate


def well_before_midnight() -> None:
    """The hall counts by days: none ends while a story looks at its figures."""
    at = now().astimezone(ZONE)
    left = 86_400 - (at.hour * 3_600 + at.minute * 60 + at.second)
    if left < DAY_LEFT_SECONDS:
        time.sleep(left)


@dataclass(frozen=True)
class Platform:
    """A running platform: where it is, the demonstration's password, and a firm's own system."""

    url: str
    password: str
    token: str
    data: Path = Path()

    @classmethod
    def of(cls, started: tested.Platform) -> Platform:
        """One that a story started for itself, as the fixtures here know it."""
        secrets = demo_secrets(load({"data": started.data, "demo": True}))
        return cls(started.url, secrets["password"], secrets["token"])

    def submit(self, body: bytes, message_id: str) -> dict[str, Any]:
        """Hand in a declaration as a firm's system does; the answer of the door."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": message_id,
        }
        request = urllib.request.Request(f"{self.url}/api/v1/submissions", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            content: dict[str, Any] = json.load(answer)
        return content

    def hand_in(self, message_id: str, **values: Any) -> str:
        """Hand in the story's declaration, with these values changed; the submission's id."""
        return str(UUID(self.submit(json.dumps(story(**values)).encode(), message_id)["submission_id"]))


def story(**values: Any) -> dict[str, Any]:
    """The story's sample as told today, of a principal that gave the broker its mandate."""
    definition = registry().current("goods_declaration")
    told = samples_in(SAMPLES)[0].values(definition, local_day(now()))
    return {
        "document": definition.id,
        "version": definition.version,
        "values": told | {"consignee_code": PRINCIPAL} | values,
    }


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A platform for each module: what one tells of a bill or a box is not heard by another."""
    with running() as started:
        yield started


@contextmanager
def of_its_own() -> Iterator[tested.Platform]:
    """A platform that one file of stories may do with as it likes, once all components run."""
    with tested.running() as up:
        up.wait_for(lambda: up.ask("select count(*) from lane")[0][0] >= 5, "the components do not run")
        yield up


@contextmanager
def running() -> Iterator[Platform]:
    """``singlewindow up`` on a free port and an empty data folder, stopped by its own process id."""
    with tempfile.TemporaryDirectory(prefix="sw-story-") as folder:
        data = Path(folder) / "data"
        tested.write_settings(tested.EVEN, data)
        port = free_port()
        output = Path(folder) / "output"
        command = [
            sys.executable,
            "-m",
            "singlewindow.server",
            "up",
            "--port",
            str(port),
            "--data",
            str(data),
        ]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        with output.open("wb") as sink:
            process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, env=environment)
        try:
            password = _ready(process, output)
            yield Platform(f"http://127.0.0.1:{port}", password, _token(data), data)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            finally:
                process.kill()  # what did not end by itself; its children end with it
            # Started as root, PostgreSQL keeps its files elsewhere and the folder only points there.
            shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, driven by playwright; no longer than a module, for its event loop stands in others' way."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@contextmanager
def opened(
    browser: Any, url: str, language: str = "zh-hans", theme: str = "light", size: tuple[int, int] = DESK
) -> Iterator[Any]:
    """A browser of somebody's own before the platform; fails on any error that a page of it reports."""
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=theme, base_url=url)
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    page.on("response", lambda got: faults.append(f"{got.status} {got.url}") if got.status >= 500 else None)
    yield page
    context.close()
    assert not faults


def enter(page: Any, login: str, password: str) -> None:
    """Sign in on the public home."""
    page.goto("/")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("form.login button[type=submit]")


@pytest.fixture
def sign_in(platform: Platform, browser: Any) -> Callable[..., AbstractContextManager[Any]]:
    """``with sign_in("broker") as page``: a browser of its own; fails on any error the page reports."""

    @contextmanager
    def signed_in(
        login: str, language: str = "zh-hans", theme: str = "light", size: tuple[int, int] = DESK
    ) -> Iterator[Any]:
        with opened(browser, platform.url, language, theme, size) as page:
            enter(page, login, platform.password)
            page.wait_for_url(re.compile("/(hall|gate|exchange|journal)$"))
            yield page

    return signed_in


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keep what a page looks like under ``build/stories``; no page may scroll sideways."""

    def taken(page: Any, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    return taken


def _ready(process: subprocess.Popen[bytes], output: Path) -> str:
    """Wait until the platform says so; the password it prints."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        said = output.read_text("utf-8", "replace")
        found = re.search(r"password: (\S+)\)", said)
        if "ready:" in said and found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(output.read_text("utf-8", "replace")[-4000:])


def _token(data: Path) -> str:
    from singlewindow.server import configuration
    from singlewindow.server.loaders import demo_secrets

    return demo_secrets(configuration.load({"data": data, "demo": True}))["token"]
