"""The maps agree with the tree: what they name exists, what exists is named, and pages link to pages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PRODUCT = ROOT / "src" / "singlewindow"
MAP = ROOT / "docs" / "where-things-live.md"
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"])
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
TYPED = re.compile(r"`([!-_a-~]+)`")  # one word of code, the same in every language
FOLDER = re.compile(r"[\w.-]+(?:/[\w.<>-]+)*/?")


def folders(page: Path) -> set[str]:
    """First cells of tables that look like paths."""
    found = set()
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("|"):
            cell = line.split("|")[1]
            found |= {each.rstrip("/") for each in CODE.findall(cell) if FOLDER.fullmatch(each)}
    return found


def exists(name: str) -> bool:
    """Below the root or the product; ``<partner>`` stands for any folder."""
    pattern = re.sub(r"<\w+>", "*", name)
    return any(any(base.glob(pattern)) for base in (ROOT, PRODUCT))


def rooms() -> set[str]:
    hub = {f"hub/{path.name}" for path in (PRODUCT / "hub").iterdir() if (path / "README.md").exists()}
    top = {path.name for path in PRODUCT.iterdir() if (path / "__init__.py").exists()}
    return hub | (top - {"hub", "apps", "connectors"}) | {"connectors/<partner>", "apps/<application>"}


def test_every_folder_that_a_map_names_is_there() -> None:
    for page in (MAP, *READMES):
        named = folders(page)
        assert named, page
        assert [each for each in sorted(named) if not exists(each)] == [], page.name


def test_every_room_stands_on_the_map() -> None:
    assert rooms() - folders(MAP) == set()
    tests = {f"tests/{path.name}" for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py"))}
    assert tests <= folders(MAP)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_names_every_room_of_the_hub(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = {room.partition("/")[2] for room in rooms() if room.startswith("hub/")} - set(
        re.findall(r"\w+", text)
    )
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("folder", ["guide", "operate"])
def test_a_guide_is_there_in_both_languages(folder: str) -> None:
    guides = {path.name for path in (ROOT / "docs" / folder).glob("*.md")}
    english = {name for name in guides if not name.endswith(".zh-CN.md")}
    assert english
    assert {name.replace(".md", ".zh-CN.md") for name in english} == guides - english


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "operate").glob("*.zh-CN.md")), ids=lambda page: page.name
)
def test_a_page_for_operators_says_the_same_in_both_languages(page: Path) -> None:
    """They link to each other, and what is to be typed, set or read off stands in both, as often."""
    english = page.with_name(page.name.replace(".zh-CN", ""))
    chinese, said = page.read_text("utf-8"), english.read_text("utf-8")
    assert chinese.splitlines()[1] == f"[English]({english.name})"
    assert said.splitlines()[1] == f"[中文]({page.name})"
    shape = re.compile(r"^(?:#+(?= )|\||```\w*|- )", re.M)
    assert shape.findall(chinese) == shape.findall(said)
    assert sorted(TYPED.findall(chinese)) == sorted(TYPED.findall(said))


def test_every_command_in_a_page_exists() -> None:
    known = {path.stem for path in (PRODUCT / "server" / "commands").glob("[a-z]*.py")}
    said = re.compile(r"(?:^|[`/ ])singlewindow ([a-z]+)(?=[ `\n])", re.M)
    for page in PAGES:
        asked = set(said.findall(page.read_text("utf-8")))
        assert asked <= known | {"is", "and", "in", "the"}, page.name


def test_every_promise_has_its_line_in_the_bench_readme() -> None:
    text = (ROOT / "bench" / "README.md").read_text("utf-8")
    files = {path.name for path in (ROOT / "bench").glob("*.py")} - {"run.py", "__main__.py", "__init__.py"}
    assert {name for name in files if name not in text and not name.endswith("_codec.py")} == set()


def test_hooks_call_our_own_checks_alone() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert set(re.findall(r"repo: (\S+)", text)) == {"local"}
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(BIN)/", ".venv/bin/")
    for entry in re.findall(r"entry: ([^,\n]+)", text):
        assert entry.strip() in makefile, entry


def test_markers_are_explained() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert {line.partition(":")[0] for line in options["markers"]} >= {"database", "story", "chaos"}
