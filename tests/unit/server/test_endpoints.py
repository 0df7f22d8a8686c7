"""How partners are reached: a file with anything wrong in it is refused, and the page knows every setting."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from singlewindow.hub.exchange.transports import http, sftp_endpoint
from singlewindow.hub.exchange.transports.endpoint import Endpoint, settings
from singlewindow.server import cli, component, endpoints, health, rooms
from singlewindow.server.commands import up
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import REFUSED, Refusal

PAGES = Path(__file__).parents[3] / "docs" / "operate"
# The page, what it says of a setting that has no default, and of those whose default is not a value.
SAID = {
    "en": ("components.md", "must be given", {"ca": "those of the system", "media": "the connector's"}),
    "zh": ("components.zh-CN.md", "必须写", {"ca": "系统自带的", "media": "连接器的"}),
}
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \| .+ \|$", re.M)
BORDER = 'url = "https://b.example/"\ntoken = "t0ken"\n'


def given(tmp_path: Path, **files: str) -> Configuration:
    """An installation with these files of components."""
    configuration = Configuration(tmp_path, demo=False)
    (tmp_path / "components").mkdir()
    for name, text in files.items():
        at(tmp_path, name, text)
    return configuration


def at(data: Path, name: str, text: str) -> None:
    path = endpoints.file_of(Configuration(data), name)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def test_what_a_rehearsal_writes_is_accepted(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    assert endpoints.rehearse(configuration) == list(rooms.connectors())
    assert endpoints.unfit(configuration) == []
    for name in rooms.connectors():
        assert component.wire(name, configuration), "and a wire is made of it"


def test_everything_wrong_in_all_files_stops_a_start_at_once(tmp_path: Path) -> None:
    configuration = given(
        tmp_path,
        border=BORDER + "conect_timeout_s = 3\nwait_ms = 6000\n",
        customs='host = "c.example"\nport = 0\n',
        quarantine="url https",
        nobody=BORDER,
    )
    up.folder(configuration)
    with pytest.raises(Refusal) as refused:
        up.make_secrets(configuration)
    said = refused.value.text
    assert refused.value.exit_code == REFUSED
    for name, parts in {
        "border": (["conect_timeout_s", "connect_timeout_s"], ["wait_ms", "6000", "0", "5000"]),
        "customs": (["port", "0", "1", "65535"], ["user"], ["client_key"], ["host_key"]),
        "quarantine": (["TOML"],),
        "nobody": (["maritime"],),
    }.items():
        file = str(endpoints.file_of(configuration, name))
        for language in (said.zh, said.en):
            lines = [line for line in language.splitlines() if file in line]
            assert len(lines) == len(parts), lines
            for part in parts:
                assert any(set(part) <= set(re.findall(r"\w+", line.replace(file, ""))) for line in lines), (
                    part
                )
    assert "t0ken" not in said.zh + said.en
    found = [one.text.en for one in health.examine(configuration) if one.question == "components"]
    assert len(found) == 8


@pytest.mark.parametrize(
    ("port", "field"), [(11015, ["url"]), (11438, ["port"]), (11016, [])], ids=["url", "port", "another"]
)
def test_no_partner_is_reached_where_the_platform_itself_listens(
    port: int, field: list[str], tmp_path: Path
) -> None:
    """As a folder that was restored may have it: its partners' ports were chosen beside another port."""
    endpoints.rehearse(Configuration(tmp_path))
    at(tmp_path, "border", 'url = "http://127.0.0.1:11015/declarations"\ntoken = "t0ken"\n')
    customs = endpoints.file_of(Configuration(tmp_path), "customs").read_text("utf-8")
    at(tmp_path, "customs", re.sub(r"^port = \d+", "port = 11438", customs, flags=re.M))
    found = endpoints.unfit(Configuration(tmp_path, port=port))
    assert [(each.code, each.field, each.value) for each in found] == [
        ("endpoint.at_our_own", name, str(port)) for name in field
    ]
    assert all("--port" in each.remedy.zh and "--port" in each.remedy.en for each in found if each.remedy)


def test_a_partner_of_the_same_port_elsewhere_is_another(tmp_path: Path) -> None:
    configuration = given(tmp_path, border='url = "https://b.example:8000/"\ntoken = "t0ken"\n')
    assert endpoints.unfit(configuration) == []
    at(tmp_path, "border", 'url = "http://localhost:8000/"\ntoken = "t0ken"\n')
    assert [each.code for each in endpoints.unfit(configuration)] == ["endpoint.at_our_own"]
    at(tmp_path, "border", 'url = "https://b.example:800000/"\ntoken = "t0ken"\n')
    assert "endpoint.at_our_own" not in {each.code for each in endpoints.unfit(configuration)}


def test_a_component_refuses_what_is_wrong_with_its_own_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration = given(tmp_path, border=BORDER, maritime='host = "m.example"\n')
    configuration.make_secrets()
    assert endpoints.endpoint(configuration, "border") == {"url": "https://b.example/", "token": "t0ken"}
    line = ["role", "component:maritime", "--no-demo", "--data", str(tmp_path), "--json"]
    assert cli.main(line) == REFUSED
    found = json.loads(capsys.readouterr().out)["problems"]
    assert [each["field"] for each in found] == ["port", "user", "client_key", "host_key"]
    assert all("maritime.toml" in each["text"]["zh"] and each["remedy"] for each in found)


@pytest.mark.parametrize(("title", "kind"), [("HTTP", http.Endpoint), ("SFTP", sftp_endpoint.Endpoint)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_of_every_setting_what_it_may_be(
    title: str, kind: type[Endpoint], language: str
) -> None:
    name, never, elsewhere = SAID[language]
    section = (PAGES / name).read_text("utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = {name: (value, default) for name, value, default in ROW.findall(section)}
    known = settings(kind)
    assert list(rows) == list(known)
    for name, (value, default) in rows.items():
        setting = known[name]
        assert value == setting.expected.of(language), name
        given = never if setting.required else f"`{json.dumps(setting.default)}`"
        assert default == elsewhere.get(name, given), name
