"""One contract for all connectors, run over each one's own samples.

A connector's ``samples/`` holds ``document.json`` (a kernel Document in the partner's names) with
``request.*``, the file or request it becomes under the envelope below, sent alone; ``positive*`` and
``negative*`` answers; ``malformed*`` bytes; ``foreign-*`` messages of other systems, for
``test_foreign_messages.py``; and, where many answers in one are not simply one list, ``batch.xml``:
the answers of ``positive.xml`` and ``negative.xml`` in one file.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from singlewindow.hub.documents.definition import parse_definition
from singlewindow.hub.documents.projection import compile_mapping
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Document, Envelope, Outcome, Problem, Receipt, Unreadable

CONNECTORS = Path(__file__).parents[2] / "src" / "singlewindow" / "connectors"
FOLDERS = sorted(path.parent for path in CONNECTORS.glob("*/connector.toml"))
AT = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
MESSAGE_ID = "0199a000-0000-7000-8000-000000000001"
REFERENCE = "S202611180000000017"
RETRY = {"first_s", "factor", "most_s", "attempts", "breaker_failures"}
IMPURE = {"django", "psycopg", "httpx", "asyncssh", "socket", "sqlite3", "yaml"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def manifest(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "connector.toml").read_text(encoding="utf-8"))


@pytest.fixture
def codec(folder: Path) -> Any:
    return importlib.import_module(f"singlewindow.connectors.{folder.name}.codec")


@pytest.fixture
def envelope(manifest: dict[str, Any]) -> Envelope:
    return Envelope(MESSAGE_ID, manifest["sender"], manifest["receiver"], AT, REFERENCE)


@pytest.fixture
def document(folder: Path) -> Document:
    path = folder / "samples" / "document.json"
    assert path.exists(), f"{folder.name} has no sample document"
    return msgspec.json.decode(path.read_bytes(), type=Document)


def samples(folder: Path, kind: str) -> Iterator[Path]:
    found = sorted((folder / "samples").glob(f"{kind}*"))
    assert found, f"{folder.name} has no {kind} sample"
    return iter(found)


def speaks_both(problem: Problem) -> bool:
    texts = [problem.text, *([problem.remedy] if problem.remedy else [])]
    return all(CHINESE.search(text.zh) and text.en.strip() for text in texts)


def test_there_are_connectors() -> None:
    assert FOLDERS


def test_the_manifest_is_complete(folder: Path, manifest: dict[str, Any]) -> None:
    assert manifest["id"] == folder.name
    assert CHINESE.search(manifest["name"]["zh"])
    assert re.fullmatch(r"[ -~]+", manifest["name"]["en"])
    assert set(manifest["format"]) == {"zh", "en"}
    assert CHINESE.fullmatch(manifest["seal"])
    assert manifest["sender"] != manifest["receiver"]
    assert manifest["transport"]["kind"] in {"http", "sftp"}
    assert 1 <= manifest["transport"]["batch"] <= 100
    assert manifest["schedule"]["fetch_ms"] > 0
    assert set(manifest["retry"]) >= RETRY
    assert manifest["retry"]["first_s"] <= manifest["retry"]["most_s"]


def test_it_stands_complete(folder: Path) -> None:
    named = ("codec.py", "counterpart.py", "mapping.yaml", "README.md", "samples", "tests", "documents")
    assert [name for name in named if not (folder / name).exists()] == []


def test_the_codec_reaches_nothing_impure(folder: Path) -> None:
    script = f"import sys, singlewindow.connectors.{folder.name}.codec; print('\\n'.join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        env={"PYTHONPATH": str(CONNECTORS.parents[1])},
    )
    reached = {name for name in ran.stdout.split() if name.split(".")[0] in IMPURE}
    assert reached == set()
    assert "singlewindow.hub" not in ran.stdout.split()


def test_the_counterpart_knows_neither_codec_nor_mapping(folder: Path) -> None:
    text = (folder / "counterpart.py").read_text(encoding="utf-8")
    own = re.findall(r"(?:from|import) (singlewindow\.\S+)", text)
    assert own
    assert all(re.match(r"singlewindow\.(kernel|rehearsal)\b", name) for name in own)


def test_the_counterpart_can_be_served(folder: Path) -> None:
    counterpart = importlib.import_module(f"singlewindow.connectors.{folder.name}.counterpart")
    assert inspect.iscoroutinefunction(counterpart.serve)
    assert list(inspect.signature(counterpart.serve).parameters)[:3] == ["endpoint", "state", "script"]
    assert list(inspect.signature(counterpart.prepare_endpoint).parameters) == ["folder", "port"]


def test_encoding_gives_the_sample_request(
    folder: Path, codec: Any, document: Document, envelope: Envelope
) -> None:
    first = codec.encode(document, envelope)
    assert first == codec.encode(document, envelope)
    (sample,) = samples(folder, "request")
    assert codec.pack([first], "batch-1", AT).strip() == sample.read_bytes().strip()


def test_encoding_depends_on_ids_and_clock_alone(codec: Any, document: Document, envelope: Envelope) -> None:
    later = msgspec.structs.replace(envelope, created_at=AT + timedelta(seconds=1))
    other = msgspec.structs.replace(envelope, message_id=MESSAGE_ID[:-1] + "2")
    made = {codec.encode(document, one) for one in (envelope, later, other)}
    assert len(made) == 3


def test_packing_is_repeatable(codec: Any, document: Document, envelope: Envelope) -> None:
    others = [msgspec.structs.replace(envelope, message_id=f"{MESSAGE_ID[:-1]}{n}") for n in range(2, 5)]
    messages = [codec.encode(document, one) for one in (envelope, *others)]
    packed = codec.pack(messages, "batch-1", AT)
    assert packed == codec.pack(messages, "batch-1", AT)
    assert all(packed.count(MESSAGE_ID[:-1].encode() + str(n).encode()) >= 1 for n in range(1, 5))
    assert codec.pack(messages[:1], "batch-2", AT).count(MESSAGE_ID.encode()) >= 1


def test_positive_answers_are_read(folder: Path, codec: Any) -> None:
    for path in samples(folder, "positive"):
        receipts = codec.decode(path.read_bytes())
        assert receipts
        assert all(receipt.outcome < Outcome.RETURNED and not receipt.problems for receipt in receipts), path
        assert all(receipt.about and receipt.code and receipt.at.tzinfo for receipt in receipts), path


def test_negative_answers_say_what_is_wrong_in_both_languages(folder: Path, codec: Any) -> None:
    for path in samples(folder, "negative"):
        receipts = codec.decode(path.read_bytes())
        refused = [receipt for receipt in receipts if receipt.outcome >= Outcome.RETURNED]
        assert refused, path
        assert all(receipt.text or receipt.problems for receipt in refused), path
        assert all(speaks_both(problem) for receipt in refused for problem in receipt.problems), path


def test_malformed_bytes_are_refused_naming_the_place(folder: Path, codec: Any) -> None:
    for path in samples(folder, "malformed"):
        with pytest.raises(Unreadable) as refusal:
            codec.decode(path.read_bytes())
        assert refusal.value.problems
        assert all(problem.field and speaks_both(problem) for problem in refusal.value.problems), path


@pytest.mark.parametrize("data", [b"", b"\0", b"<", b"<a/>", b"\xff\xfe<\0a\0/\0>\0", b"<a>" * 5000])
def test_no_bytes_break_it(codec: Any, data: bytes) -> None:
    with pytest.raises(Unreadable):
        codec.decode(data)


def test_a_doctype_is_refused_in_every_encoding(folder: Path, codec: Any) -> None:
    sample = next(samples(folder, "positive"))
    if sample.suffix != ".xml":
        pytest.skip(f"{folder.name} is not answered in XML")
    body = sample.read_text(encoding="utf-8").split("?>", 1)[1]
    evil = '<?xml version="1.0" encoding="{}"?><!DOCTYPE x [<!ENTITY e "e">]>' + body
    for encoding in ("UTF-8", "UTF-16", "UTF-7", "GB18030"):
        with pytest.raises(Unreadable):
            codec.decode(evil.format(encoding).encode(encoding))


def test_a_second_delivery_has_the_same_ids(folder: Path, codec: Any) -> None:
    for kind in ("positive", "negative"):
        for path in samples(folder, kind):
            data = path.read_bytes()
            ids = [receipt.id for receipt in codec.decode(data)]
            assert ids == [receipt.id for receipt in codec.decode(bytes(bytearray(data)))]
            assert len(set(ids)) == len(ids)
            assert all(0 < len(id_) <= 64 for id_ in ids)


def batch_of(folder: Path) -> bytes:
    """Its positive and its negative answer in one body, as its format has many in one."""
    if (folder / "samples" / "batch.xml").exists():
        return (folder / "samples" / "batch.xml").read_bytes()
    first, second = (next(samples(folder, f"{verdict}.")) for verdict in ("positive", "negative"))
    return JOINED[first.suffix](first.read_text("utf-8"), second.read_text("utf-8")).encode()


def _in_json(*bodies: str) -> str:
    listed = [one for body in bodies for one in json.loads(body)["receipts"]]
    return json.dumps({"receipts": listed}, ensure_ascii=False)


def _in_xml(first: str, second: str) -> str:
    return first.replace("</Receipts>", second[second.index("<Receipts>") + len("<Receipts>") :])


def _in_edifact(first: str, second: str) -> str:
    """Under one head, each message numbered anew: within an interchange no reference stands twice."""
    head, *messages = [part for text in (first, second) for part in re.split(r"(?=UNH\+)", text)]
    whole = [re.sub(r"UNZ.*", "", one, flags=re.DOTALL) for one in messages if one.startswith("UNH")]
    numbered = [
        re.sub(r"(UNH\+|UNT\+\d+\+)\w+", rf"\g<1>{number}", one) for number, one in enumerate(whole, 1)
    ]
    return "".join([head, *numbered, f"UNZ+{len(whole)}+{head.strip().rstrip(chr(39)).rpartition('+')[2]}'"])


JOINED = {".json": _in_json, ".xml": _in_xml, ".edi": _in_edifact}


def test_a_batch_reads_as_its_members(folder: Path, codec: Any) -> None:
    members: list[Receipt] = []
    for verdict in ("positive", "negative"):
        read = codec.decode(next(samples(folder, f"{verdict}.")).read_bytes())
        assert read
        members += read
    assert codec.decode(batch_of(folder)) == members


def test_its_own_document_and_mapping_join_the_registry(folder: Path, manifest: dict[str, Any]) -> None:
    elements = load_elements()
    source = CONNECTORS.parent
    paths = [*source.glob("apps/*/documents/*.yaml"), *folder.glob("documents/*.yaml")]
    defined = [parse_definition(path.read_text(encoding="utf-8"), elements) for path in paths]
    mapping = (folder / "mapping.yaml").read_text(encoding="utf-8")
    assert parse_yaml(mapping)["target"]["id"] == manifest["document"]
    compiled = compile_mapping(mapping, {(d.id, d.version): d for d in defined}, functions(folder))
    assert compiled.lineage


def functions(folder: Path) -> dict[str, Any]:
    """The named functions that a connector's mapping may use."""
    if not (folder / "functions.py").exists():
        return {}
    module = importlib.import_module(f"singlewindow.connectors.{folder.name}.functions")
    return {name: made for name, made in vars(module).items() if inspect.isfunction(made)}
