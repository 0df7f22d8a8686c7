"""Commands are found by listing, refusals speak both languages."""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from singlewindow.apps import declarations
from singlewindow.server import cli, endpoints, lock, usage
from singlewindow.server.refusal import AWAY, REFUSED, Refusal


def test_every_command_module_has_what_the_command_line_needs() -> None:
    assert {"doctor", "migrate", "role", "up"} <= set(cli.commands())
    for name in cli.commands():
        module = cli.module_of(name)
        assert callable(module.add_arguments), name
        assert callable(module.run), name


def test_help_says_what_every_command_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for name in cli.commands():
        (line,) = re.findall(rf"^  {name} +(\S.*)$", said, re.M)
        zh, _, en = line.partition(" · ")
        assert re.search("[\u4e00-\u9fff]", zh), line
        assert re.search("[a-z]{3}", en), line
    codes = re.findall(r"^  (\d)  .*[\u4e00-\u9fff].* · [a-z]", said, re.M)
    assert codes == ["0", "1", str(REFUSED), str(AWAY)]


def test_what_any_command_takes_stands_before_it_or_after_it() -> None:
    given = ["--json", "--data", "x", "--port", "7"]
    for line in ([*given, "doctor"], ["doctor", *given], [*given[:1], "doctor", *given[1:]]):
        parsed = cli.parser(line).parse_args(line)
        assert (parsed.json, parsed.data, parsed.port, parsed.demo) == (True, "x", "7", None), line
    bare = cli.parser(["doctor"]).parse_args(["doctor"])
    assert (bare.json, bare.data, bare.port, bare.demo) == (False, None, None, None)


def test_a_refusal_is_printed_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--data", str(tmp_path), "--port", "99999"]) == REFUSED
    said = capsys.readouterr().err
    assert "端口 99999" in said
    assert "Port 99999" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["read", "--on", "2026-13-01", "x"], "2026-11-21"),
        (["submit", "--message-id", "é", "x"], "可打印 ASCII"),
        (["submit", "--message-id", "x" * 81, "x"], "1 to 80"),
        (["submit", "--message-id", " x", "x"], "可打印 ASCII"),
    ],
)
def test_wrong_arguments_are_told_in_both_languages(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(given) == REFUSED
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ([], "缺少参数：COMMAND", "the following arguments are required: COMMAND"),
        (
            ["nope"],
            "参数 COMMAND：没有 'nope' 这一项，可选：'answers'",
            "invalid choice: 'nope' (choose from",
        ),
        (["submit"], "缺少参数：FILE", "arguments are required: FILE"),
        (
            ["codes", "show\x1b[2J"],
            "没有 'show\\x1b[2J' 这一项，可选：'list'",
            "invalid choice: 'show\\x1b[2J'",
        ),
        (["up", "--port"], "参数 --port：应跟一个值", "argument --port: expected one argument"),
        (
            ["answers", "--take-up"],
            "参数 --take-up：至少跟一个值",
            "--take-up: expected at least one argument",
        ),
        (
            ["codes", "import", "--new", "x"],
            "参数 --new：应跟 2 个值",
            "argument --new: expected 2 arguments",
        ),
        (["answers", "--lay-aside", "x"], "“x”应为编号，如 17", "“x” is no number such as 17"),
        (["answers", "--lay-aside", "9" * 19], "应为编号", "is no number"),
        (["status", "17"], "参数 ID：“17”应为平台给出的编号", "argument ID: “17” is no id (UUID)"),
        (["read", "x", "--on", "z"], "参数 --on：“z”应为日期", "argument --on: “z” is no date"),
        (["read", "x", "\x1b[2J"], "无法识别的参数：\\u001b[2J", "unrecognized arguments: \\u001b[2J"),
        (["doctor", "--d"], "选项 --d 不明确，可能是 --data, --demo", "ambiguous option: --d could match"),
        (
            ["doctor", "--json=1"],
            "参数 --json：不应跟值 '1'",
            "argument --json: ignored explicit argument '1'",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_told_what_is_wrong_and_what_to_do(
    given: list[str], zh: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(given) == REFUSED
    *usage_lines, chinese, english, remedy = capsys.readouterr().err.splitlines()
    assert usage_lines[0].startswith("用法 · usage: singlewindow")
    assert zh in chinese
    assert en in english
    assert not re.search("[\u4e00-\u9fff]", english), "one language a line"
    asked = "singlewindow" if not given or given[0] not in cli.commands() else f"singlewindow {given[0]}"
    assert f"see {asked} --help" in remedy or "see singlewindow --help" in remedy


PROGRAMMERS = re.compile(
    "conflict|__call__|is an invalid argument for|mutually exclusive|not callable|cannot (?:merge|have)|dest="
    "|invalid option string|with mode|: error: |^subcommands$|deprecated"
)


def test_every_sentence_of_argparse_has_its_chinese() -> None:
    calls = (node for node in ast.walk(ast.parse(inspect.getsource(argparse))) if isinstance(node, ast.Call))
    sentences = [
        part.value
        for call in calls
        if getattr(call.func, "id", "") in ("_", "ngettext")
        for part in call.args
        if isinstance(part, ast.Constant)
    ]
    assert len(sentences) > len(usage.CHINESE)
    unsaid = [one for one in sentences if one not in usage.CHINESE and not PROGRAMMERS.search(one)]
    assert unsaid == []


def test_every_argument_says_in_both_languages_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    for name in cli.commands():
        parser = usage.Parser()
        cli.module_of(name).add_arguments(parser)
        for action in parser._actions:
            assert re.search(r"[\u4e00-\u9fff]", action.help or ""), (name, action.dest)
            assert re.search(r" ?· ?[a-zA-Z-]", action.help or ""), (name, action.dest)
    with pytest.raises(SystemExit):
        cli.main(["codes", "--help"])
    said = capsys.readouterr().out
    for each in (
        "用法 · usage: ",
        "参数 · positional arguments:",
        "选项 · options:",
        "显示本说明 · show this help",
    ):
        assert each in said


def test_a_document_is_submitted_without_naming_a_message_id() -> None:
    assert cli.parser(["submit"]).parse_args(["submit", "x"]).message_id is None


def test_a_file_may_be_the_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = Path(declarations.__file__).parent / "samples" / "minimal.json"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sample.read_bytes())))
    assert cli.main(["read", "-", "--json", "--data", str(tmp_path)]) == 0
    piped = json.loads(capsys.readouterr().out)
    assert cli.main(["read", str(sample), "--json", "--data", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == piped


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda sample: sample, 0),
        (lambda sample: sample.replace(b'"gross_mass":', b'"gross_mass": "-1", "colour":'), 1),
        (lambda sample: sample[: len(sample) // 2], 2),
    ],
    ids=["readable", "problems", "unreadable"],
)
def test_read_needs_nothing_and_its_exit_code_says_how_it_went(
    changed: Callable[[bytes], bytes],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("psycopg.connect", lambda *_, **__: pytest.fail("a database was asked"))
    file, data = tmp_path / "message", tmp_path / "data"
    file.write_bytes(changed((Path(declarations.__file__).parent / "samples/minimal.json").read_bytes()))
    assert cli.main(["read", str(file), "--json", "--data", str(data)]) == code
    said = json.loads(capsys.readouterr().out)
    assert bool(said["problems"]) == bool(code)
    assert ("values" in said) == (code < 2), "the canonical document even with problems"
    if code == 1:
        assert {"gross_mass", "colour"} <= {problem["field"] for problem in said["problems"]}
        assert said["values"]["bill_number"], "what is right stays"
    assert not data.exists()


def test_doctor_speaks_json_and_says_when_the_platform_is_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", "--json", "--data", str(tmp_path)]) == 0
    found = {each["question"]: each["fine"] for each in json.loads(capsys.readouterr().out)}
    assert found["python"] is True
    assert found["binaries"] is True
    assert found["database"] is None


def test_a_data_folder_has_one_platform(tmp_path: Path) -> None:
    with lock.take(tmp_path), pytest.raises(Refusal, match="in use by process"):
        lock.take(tmp_path)
    lock.take(tmp_path).close()


def test_an_endpoint_survives_its_file(tmp_path: Path) -> None:
    values = {"host": "127.0.0.1", "port": 4022, "keys": ["a", "b"], "note": '引号 " 与 \\', "on": True}
    path = tmp_path / "x.toml"
    path.write_text(endpoints.toml(values), encoding="utf-8")
    import tomllib

    assert tomllib.loads(path.read_text(encoding="utf-8")) == values
