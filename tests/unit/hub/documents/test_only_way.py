"""What a stored document says is read for people in one place; this is the list of who reads it at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from singlewindow.kernel.queries import named_queries
from singlewindow.server import rooms

# Where a statement takes a stored document's content out of the data base, and for whom.
READERS = {
    "hub/documents/sql/visible.sql: declared": "people and programs, through visible()",
    "hub/dossier/sql/joining.sql: unjoined": "the worker, for identity keys",
    "hub/dossier/sql/contents.sql: members": "the worker, for what the documents of a dossier say together",
    "hub/process/sql/keeping.sql: sources": "the worker, for duties and time limits",
    "hub/exchange/sql/proving.sql: originals": "who verifies the record, for its digest alone",
    "hub/exchange/sql/storing.sql: copy_version": "the door, which writes it",
}
TABLE = re.compile(r"\b(from|join|into|copy|update)\s+document_version\b", re.IGNORECASE)
CONTENT = re.compile(r"\b(content|original)\b|\*")
MADE = re.compile(
    r"create (?:or replace )?(?:function|view|procedure).*?(?:\$\$;|;\n)", re.DOTALL | re.IGNORECASE
)


def statements() -> Iterator[tuple[str, str]]:
    """Every statement of the product: named queries, functions and views of migrations, and those in code."""
    for path in sorted(rooms.PACKAGE.rglob("*.sql")):
        name, text = str(path.relative_to(rooms.PACKAGE)), path.read_text("utf-8")
        if "-- name:" in text:
            yield from ((f"{name}: {query}", sql) for query, sql in named_queries(text).items())
        else:
            yield from ((f"{name}: made", found.group()) for found in MADE.finditer(text))
    for path in sorted(rooms.PACKAGE.rglob("*.py")):
        yield str(path.relative_to(rooms.PACKAGE)), path.read_text("utf-8")


def test_nobody_else_reads_what_a_stored_document_says() -> None:
    found = {name for name, sql in statements() if TABLE.search(sql) and CONTENT.search(sql)}
    assert found == READERS.keys()
