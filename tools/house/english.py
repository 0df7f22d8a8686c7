"""Law: what is said in English is English, in code, templates, scripts and facts alike."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import yaml

from tools.house.house import House

# Characters and the punctuation that belongs to them.
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PAIR = re.compile(r"""{%-?\s*t\s+("[^"]*"|'[^']*'|[\w.|:]+)\s+("[^"]*"|'[^']*'|[\w.|:]+)""")
APART = re.compile(r"{#.*?#}|<!--.*?-->", re.S)
# A language is called by its own name; an element may say that what it holds is Chinese.
CHOSEN = re.compile(r"{% if \w+ == \"en\" %}(?:English{% else %}中文|中文{% else %}English){% endif %}")
MARKED = re.compile(r"<(\w+)[^>]*\blang=\"zh-Hans\"[^>]*>[^<]*</\1>")
REMARK = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.S)
SAID = "Chinese where English is read"


def check(house: House) -> None:
    """No Chinese in the English half of a text, and none outside of texts in templates and scripts."""
    for path, tree in house.product.items():
        if "tests" not in path.parts:
            for line in _of_code(tree):
                house.report(path, SAID, line)
    for path in house.matching("src/singlewindow/*.html"):
        for line in _of_template((house.root / path).read_text("utf-8")):
            house.report(path, SAID, line)
    for path in house.matching("src/singlewindow/*.js"):
        for line in _lines(REMARK.sub(_blank, (house.root / path).read_text("utf-8"))):
            house.report(path, SAID, line)
    _facts(house)


def _facts(house: House) -> None:
    for path in house.matching("src/singlewindow/*.yaml"):
        for at in _halves(yaml.load((house.root / path).read_text("utf-8"), Loader=yaml.BaseLoader)):
            house.report(path, f"{SAID}: {at}")
    for path in house.matching("src/singlewindow/*.toml"):
        for at in _halves(tomllib.loads((house.root / path).read_text("utf-8"))):
            house.report(path, f"{SAID}: {at}")
    for path in house.matching("src/singlewindow/*.csv"):
        with (house.root / path).open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                for at in _halves(row):
                    house.report(path, f"{SAID}: {at}", number)


def _of_code(tree: ast.Module) -> Iterator[int]:
    """Lines of ``Text(…)`` whose English, as far as it is written there, holds Chinese."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            english = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "en")]
            written = [part for half in english for part in _written(half)]
            yield from (node.lineno for part in written if CHINESE.search(part))


def _written(half: ast.expr) -> Iterator[str]:
    parts = half.values if isinstance(half, ast.JoinedStr) else [half]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _of_template(text: str) -> Iterator[int]:
    yield from _lines(MARKED.sub(_blank, CHOSEN.sub(_blank, PAIR.sub(_english, APART.sub(_blank, text)))))


def _english(pair: re.Match[str]) -> str:
    return "\n" * pair[1].count("\n") + pair[2]


def _lines(text: str) -> Iterator[int]:
    return (number for number, line in enumerate(text.splitlines(), 1) if CHINESE.search(line))


def _halves(value: Any, at: str = "") -> Iterator[str]:
    """Where an ``en``, or a column in English, holds Chinese."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{at}.{key}" if at else str(key)
            english = str(key) == "en" or str(key).endswith("_en")
            if english and isinstance(inner, str) and CHINESE.search(inner):
                yield here
            else:
                yield from _halves(inner, here)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _halves(inner, f"{at}[{n}]")


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n") + " "
