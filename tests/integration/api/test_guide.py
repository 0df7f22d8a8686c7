"""The guide for systems that connect: its commands run as they stand, the same in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs import World, world_of
from running import environment, running

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[3]
GUIDES = [ROOT / "docs/guide/api.md", ROOT / "docs/guide/api.zh-CN.md"]
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST_S = 90


@pytest.fixture
def alone() -> Iterator[World]:
    """A platform where nobody else declares the containers that the page asks a gate about."""
    with running() as platform:
        yield world_of(platform)


def commands(guide: Path) -> list[str]:
    return COMMANDS.findall(guide.read_text("utf-8"))


def test_both_languages_show_the_same_commands() -> None:
    english, chinese = map(commands, GUIDES)
    assert len(english) > 8
    assert english == chinese


def test_the_commands_do_what_the_page_says(alone: World, tmp_path: Path) -> None:
    missing = [tool for tool in ("bash", "curl", "jq", "openssl") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the guide's commands need {', '.join(missing)}")
    tokens = {
        "TOKEN": alone.broker.token,
        "AGENCY_TOKEN": alone.customs.token,
        "TERMINAL_TOKEN": alone.terminal.token,
    }
    given = environment() | tokens | {"URL": alone.platform.url, "TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"}
    script = "set -euo pipefail\n" + "\n".join(commands(GUIDES[0]))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Verified OK" in done.stdout
    assert '"passed": false' in done.stdout
