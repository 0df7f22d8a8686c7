"""Law: what people read is said in both languages, and one thing in one word, in code and in templates."""

from __future__ import annotations

import ast
import re

from tools.house.house import House

CHINESE = re.compile("[\u4e00-\u9fff]")
TAG = re.compile(r"{%-?\s*(\w+)(.*?)%}|{{.*?}}|{#.*?#}", re.S)
PAIR = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w.|:]+)\s+("[^"]*"|'[^']*'|[\w.|:]+)""")
CLASSES = re.compile(r"{% block \w+ %}[\w -]*{% endblock %}")  # what a page adds to the frame's class
# Keys, code and what machines write are the same in both languages.
MARKUP = re.compile(r"<(script|style|kbd|code)\b.*?</\1>|<!--.*?-->|<[^>]*>|&#?\w+;|/[\w/.-]+", re.S)
WORD = re.compile(r"\b[A-Z]?[a-z]{3,}\b")
# Of two words for one thing, which; laws and certificates on plants, animals and health keep their names.
TERMS = {re.compile("(?<!检验)(?<!植物)(?<!卫生)检疫"): "检验检疫, as its documents say"}
READ = ("py", "yaml", "toml", "csv", "html", "js")


def check(house: House) -> None:
    """A ``Text`` has two filled halves; a template writes no word outside its tags.

    ``{% t %}`` may leave one half empty, as the languages put their words in another order.
    """
    for path, tree in house.product.items():
        if "tests" not in path.parts:
            for line in _half(tree):
                house.report(path, "a Text has Chinese and English, both filled", line)
    for path in house.matching("src/singlewindow/*.html"):
        for line, what in _of_template((house.root / path).read_text("utf-8")):
            house.report(path, what, line)
    for kind in READ:
        for path in house.matching(f"src/singlewindow/*.{kind}"):
            for line, term in _shortened((house.root / path).read_text("utf-8")):
                house.report(path, f"one thing has one name: {term}", line)


def _shortened(text: str) -> list[tuple[int, str]]:
    lines = enumerate(text.splitlines(), 1)
    return [(number, said) for number, line in lines for word, said in TERMS.items() if word.search(line)]


def _half(tree: ast.Module) -> list[int]:
    """Lines of ``Text(…)`` with one half missing or empty; both empty is no text at all."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            if any(isinstance(each, ast.Starred) for each in node.args) or _spread(node):
                continue
            halves = [*node.args, *(each.value for each in node.keywords)]
            empty = [isinstance(each, ast.Constant) and not str(each.value).strip() for each in halves]
            if len(halves) != 2 or empty.count(True) == 1:
                found.append(node.lineno)
    return found


def _spread(call: ast.Call) -> bool:
    return any(each.arg is None for each in call.keywords)


def _of_template(text: str) -> list[tuple[int, str]]:
    found = []
    for match in TAG.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match[1] == "t" and not PAIR.match(match[2]):
            found.append((line, "{% t %} needs Chinese and English"))
    plain = MARKUP.sub(_blank, TAG.sub(_blank, CLASSES.sub(_blank, text)))
    for number, line_ in enumerate(plain.splitlines(), 1):
        if bool(CHINESE.search(line_)) != bool(WORD.search(line_)):
            found.append((number, f"a word in one language only: {line_.strip()[:40]}"))
    return found


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n") + " "
