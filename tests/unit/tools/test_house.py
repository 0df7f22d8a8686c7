"""Every law of the house is broken once, in a small checkout, and must say so; a sound one is fine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tools.house import __main__ as house_main
from tools.house.house import House

HEAD = '"""A room."""\n\nfrom __future__ import annotations\n'
README = "# A room\nHolds one thing.\n"
SOUND = {
    "src/singlewindow/hub/room/README.md": README,
    "src/singlewindow/hub/room/__init__.py": "",
    "src/singlewindow/hub/room/verbs.py": HEAD + '\nFINE = Text("好", "good")\n',
    "src/singlewindow/hub/room/rows.csv": "code,valid_from,source\n1,2018-08-01,a law\n",
    "src/singlewindow/hub/room/page.html": '<p class="x">{% t "好" "good" %}</p>\n'
    '{% if tag == "en" %}English{% else %}中文{% endif %}<b lang="zh-Hans">好</b>\n',
    "src/singlewindow/hub/room/page.js": "/* 好 */\nconst fine = 1; // 好\n",
}
CONNECTOR = {
    f"src/singlewindow/connectors/near/{name}": text
    for name, text in {
        "README.md": README,
        "connector.toml": 'name = {zh = "近", en = "Near"}\n', "mapping.yaml": "fields: []\n",
        "codec.py": HEAD, "counterpart.py": HEAD, "documents/a.yaml": "id: a\n", "samples/a.json": "{}\n",
        "tests/test_a.py": HEAD,
    }.items()
}  # fmt: skip
LONG = "def long() -> None:\n" + "    x = 1\n" * 61
BREACHES = {
    "a file of 401 lines": ("hub/room/big.py", HEAD + "\n" * 400, "at most 400"),
    "a function of 62 lines": ("hub/room/long.py", HEAD + LONG, "at most 60"),
    "an __init__ with code": ("hub/room/__init__.py", "import os\n", "not empty"),
    "a room of odds and ends": ("hub/room/utils.py", HEAD, "says nothing"),
    "a module without a sentence": ("hub/room/mute.py", "X = 1\n", "what room"),
    "no future annotations": ("hub/room/old.py", '"""A room."""\nX = 1\n', "begin with"),
    "a banner": ("hub/room/loud.py", HEAD + "# ------ verbs ------\n", "a banner"),
    "code switched off": ("hub/room/off.py", HEAD + "# total = count(rows)\n", "switched off"),
    "SQL of six lines": (
        "hub/room/sql.py", HEAD + 'Q = """select a\nfrom b\njoin c\non d\nwhere e\nlimit 1"""\n', ".sql"
    ),
    "one language in code": ("hub/room/zh.py", HEAD + 'X = Text("好", "")\n', "Chinese and English"),
    "one language in a template": ("hub/room/zh.html", "<p>好</p>\n", "one language only"),
    "English alone in a template": ("hub/room/en.html", "<b>Submit</b>\n", "one language only"),
    "two words for one thing": ("hub/room/b.html", '{% t "检疫" "Quarantine" %}\n', "one name"),
    "half a pair": ("hub/room/half.html", '{% t "好" %}\n', "Chinese and English"),
    "one language in YAML": ("hub/room/a.yaml", "name: {zh: 好, en: ''}\n", "one language"),
    "Chinese in an English half": (
        "hub/room/mixed.py", HEAD + 'X = Text("好", f"good，{1}")\n', "English is read"
    ),
    "Chinese in a template's English": ("hub/room/m.html", '{% t "好" "good；" %}\n', "English is read"),
    "Chinese in an attribute": ("hub/room/n.html", '<i title="好"></i>\n', "English is read"),
    "Chinese in a script": ("hub/room/m.js", "/* 好 */\nconst x = [].join('；');\n", "English is read"),
    "Chinese in YAML's English": ("hub/room/m.yaml", "name: {zh: 好, en: good 好}\n", "English is read"),
    "Chinese in an English column": (
        "hub/room/m.csv", "valid_from,source,source_en\n2018-08-01,法,a 法\n", "English is read"
    ),
    "a fact without a source": ("hub/room/b.csv", "code,first,source\n1,2018-08-01,\n", "without a source"),
    "facts without source": ("hub/room/c.csv", "code,valid_from\n1,2018-08-01\n", "where it is from"),
    "facts without validity": ("hub/room/d.csv", "code,source\n1,a law\n", "from when"),
    "facts without a first day": ("hub/room/e.csv", "code,first,source\n1,,a law\n", "first day"),
    "a code from one language": (
        "hub/room/codes/a.csv", "code,valid_from,source\n1,,GB/T 1; not found\n", "both languages"
    ),
    "a basis in one language": (
        "hub/room/f.csv", "valid_from,legal_basis,legal_basis_en\n2018-08-01,法,\n", "both languages"
    ),
    "a value without a source": ("hub/room/facts.yaml", "days: {value: '3'}\n", "without a source"),
    "a value without validity": (
        "hub/room/facts.yaml", "days: {value: '3', source: {zh: 法, en: law}}\n", "from when"
    ),
    "a source in one language": ("hub/room/facts.yaml", "source: a law\n", "both languages"),
    "a room without README": ("hub/other/verbs.py", HEAD, "missing"),
    "an impure codec": ("connectors/near/codec.py", HEAD + "import socket\n", "is pure"),
    "a codec that knows another": (
        "connectors/near/codec.py", HEAD + "from singlewindow.connectors.far import codec\n", "is pure"
    ),
    "a counterpart with its codec": (
        "connectors/near/counterpart.py", HEAD + "import singlewindow.connectors.near.codec\n", "counterpart"
    ),
    "a place of some machine": ("hub/room/path.py", HEAD + 'X = "/' + 'home/me"\n', "absolute path"),
    "something left over": ("hub/room/left.py", HEAD + "# TO" + "DO later\n", "leftover"),
}  # fmt: skip


def checkout(folder: Path, files: dict[str, str]) -> House:
    """A checkout of these files, as git sees it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    house = House(folder)
    for law in house_main.LAWS:
        law.check(house)
    return house


def test_a_sound_house_has_no_findings(tmp_path: Path) -> None:
    house = checkout(tmp_path, SOUND | CONNECTOR)
    assert house.findings == []


@pytest.mark.parametrize("breach", BREACHES)
def test_every_law_can_fail(tmp_path: Path, breach: str) -> None:
    name, text, said = BREACHES[breach]
    path = f"src/singlewindow/{name}"
    house = checkout(tmp_path, SOUND | CONNECTOR | {path: text})
    assert {str(found.path) for found in house.findings} <= {path, str(Path(path).parent / "README.md")}
    assert any(said in found.text for found in house.findings), house.findings


def test_every_law_is_broken_here_at_least_once() -> None:
    folder = Path(house_main.__file__).parent
    laws = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__", "house"}
    assert laws == {law.__name__.rpartition(".")[2] for law in house_main.LAWS}


@pytest.mark.parametrize(
    "prose", ["# for a person to decide", "# if it is late: the day counts", "# (see above)"]
)
def test_prose_is_no_code(tmp_path: Path, prose: str) -> None:
    house = checkout(tmp_path, SOUND | {"src/singlewindow/hub/room/prose.py": f"{HEAD}{prose}\n"})
    assert house.findings == []
