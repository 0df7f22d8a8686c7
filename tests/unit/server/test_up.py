"""What ``up`` says when it is ready, and whose fault it is where it does not become so."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from singlewindow.server import cli
from singlewindow.server.commands import up
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import AWAY, REFUSED, Refusal

SEED = "rehearsal seed"


def test_a_demonstration_says_by_what_seed_its_counterparts_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up.announce(Configuration(tmp_path, rehearsal_seed=20261122, rehearsal_profile="even"))
    assert "演练种子 · rehearsal seed: 20261122 (even)\n" in capsys.readouterr().out
    up.announce(Configuration(tmp_path, demo=False))
    assert SEED not in capsys.readouterr().out


def test_where_nobody_can_be_looked_for_nobody_is_said_to_be_missing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    configuration = Configuration(tmp_path, demo=False, database_url="host=/nowhere")
    configuration.make_secrets()
    up.announce(configuration)
    said = capfd.readouterr()
    assert (said.out, said.err) == (f"ready: {configuration.url}\n", "")


def test_the_command_that_is_named_for_the_first_party_can_be_given() -> None:
    given = shlex.split(up.FIRST)[1:]
    parsed = cli.parser(given).parse_args(given)
    assert (parsed.command, parsed.action, parsed.kind) == ("parties", "register", "platform")
    assert all((parsed.code, parsed.name, parsed.seal, parsed.login, parsed.person))


@pytest.mark.parametrize(
    ("url", "code"),
    [("host=/nowhere user=boss", AWAY), ("", REFUSED)],
    ids=["it does not answer", "there is none"],
)
def test_a_database_that_cannot_be_prepared_says_why(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], url: str, code: int
) -> None:
    configuration = Configuration(tmp_path, database_url=url)
    with pytest.raises(Refusal) as refused:
        up.in_child(configuration)
    assert refused.value.exit_code == code
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert ("does not answer" if code == AWAY else "there is no platform") in said


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="or its logs cannot be written"):
        up.folder(Configuration(tmp_path / "file" / "data"))
