"""The naive twin of the portal's pages: a connection a request, a query a row, everything parsed each time.

The same questions under the same row-level security, answered the way a first version would be. A
process of its own; reads a :class:`Given` from standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import msgspec
import psycopg
import yaml
import zstandard
from django.conf import settings
from django.template import Context, Engine
from psycopg.rows import dict_row

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "src")]

from singlewindow.server.rooms import PACKAGE  # noqa: E402

WINDOW, PAGE = 200, 30  # what the list counts over, and shows
DOCUMENT = "select * from document where submission_id = %s"
OF_DOCUMENT = {
    "standing": "select phase, letter as code from document where submission_id = %s and id = %s",
    "message": "select message_id, digest from message where submission_id = %s and document_id = %s",
    "receipts": "select * from receipt where submission_id = %s and document_id = %s order by at",
}
KEYS = "select kind, value from document_key where submission_id = %s"
OF_DOSSIER = {
    "objects": "select * from objects_told(array[%s])",
    "disposition": "select * from disposition where dossier = %s",
    "instruction": "select * from instruction where dossier = %s",
    "release": "select number, version, issued_at, valid_until, revoked_at from release where dossier = %s",
    "milestone": "select * from milestone where dossier = %s",
}
CODES = "select code, name_zh, name_en from code where list = %s order by place"
OFFICIAL = "official"  # the list in which codes are looked up
FOUND = r"""
select code, name_zh, name_en, pinyin from code
 where list = %s and current_date between valid_from and valid_to
   and (code like %s or name_zh like %s or lower(name_en) like %s or replace(pinyin, ' ', '') like %s
        or regexp_replace(pinyin, '(\w)\w*\s*', '\1', 'g') like %s)
 order by place limit 20
"""
LISTED = """<table>{% for d in lines %}<tr><td>{{ d.title }}<td>{{ d.created_at }}<td>{{ d.party.name_zh }}
{% for k in d.keys %}<td>{{ k.kind }} {{ k.value }}{% endfor %}{% for a in d.documents %}<td>{{ a.partner }}
{{ a.standing.phase }} {{ a.standing.code }}{% endfor %}</tr>{% endfor %}</table>"""
WHOLE = """<h1>{{ title }}</h1>{% for d in documents %}<section><h2>{{ d.partner }} {{ d.reference }}</h2>
{{ d.standing.phase }}{% for r in d.receipts %}<p>{{ r.at }} {{ r.code }} {{ r.text }}</p>{% endfor %}
</section>{% endfor %}{% for name, rows in things.items %}<h2>{{ name }}</h2>{% for row in rows %}<p>
{% for value in row.values %}{{ value }}{% endfor %}</p>{% endfor %}{% endfor %}<dl>
{% for k, v in values.items %}<dt>{{ k }}<dd>{{ v }}{% endfor %}</dl>"""
FORM = """{% for f in fields %}<label>{{ f.zh }} {{ f.en }}{% if f.codes %}<select>{% for c in f.codes %}
<option value="{{ c.code }}">{{ c.name_zh }}</option>{% endfor %}</select>{% else %}
<input name="{{ f.code }}">{% endif %}</label>{% endfor %}"""


class Given(msgspec.Struct):
    """Where to listen, how to connect, and for whom to read."""

    port: int
    dsn: str
    viewer: int


class Ask:
    """One request's connection."""

    def __init__(self, given: Given) -> None:
        self.connection = psycopg.connect(given.dsn, row_factory=dict_row)  # type: ignore[arg-type]
        self.connection.execute("select set_config('sw.viewers', %s, true)", [f"{{{given.viewer}}}"])

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """All rows of one query."""
        return self.connection.execute(query, values).fetchall()  # type: ignore[return-value]

    def first(self, query: str, *values: Any) -> dict[str, Any]:
        """The first row, or nothing."""
        return next(iter(self.rows(query, *values)), {})


def listed(ask: Ask, _: str) -> str:
    """A window of declarations, each looked up by itself, each document of each by itself."""
    ids = ask.rows(
        "select submission_id from document where partner is null order by created_at desc limit %s", WINDOW
    )
    lines = [line(ask, row["submission_id"]) for row in ids]
    counts: dict[str, int] = {}
    for one in lines:
        counts[str(one["state"])] = counts.get(str(one["state"]), 0) + 1
    return rendered(LISTED, lines=lines[:PAGE], counts=counts)


def line(ask: Ask, submission: UUID) -> dict[str, Any]:
    """One declaration of the list."""
    found = ask.first(DOCUMENT + " and partner is null", submission)
    found["party"] = ask.first("select name_zh, name_en from party where id = %s", found["party"])
    found["keys"] = ask.rows(KEYS, submission)
    found["documents"] = ask.rows(DOCUMENT + " and partner is not null", submission)
    for each in found["documents"]:
        each["standing"] = ask.first(OF_DOCUMENT["standing"], submission, each["id"])
    return found


def whole(ask: Ask, submission: str) -> str:
    """One consignment: a query a document and thing."""
    documents = ask.rows(DOCUMENT, submission)
    for each in documents:
        for name, query in OF_DOCUMENT.items():
            each[name] = ask.rows(query, submission, each["id"])
        each["standing"] = next(iter(each["standing"]), {})
    entries = ask.rows("select id, verb, at, content from journal_entry where submission_id = %s", submission)
    for entry in entries:
        entry["position"] = ask.first(
            "select position from journal_position where entry_id = %s", entry["id"]
        )
    dossiers = ask.rows("select distinct dossier from dossier_document where submission_id = %s", submission)
    things: dict[str, list[dict[str, Any]]] = {name: [] for name in OF_DOSSIER}
    for one in dossiers:
        for name, rows in things.items():
            rows.extend(ask.rows(OF_DOSSIER[name], one["dossier"]))
    stored = ask.first("select content, original from document_version where submission_id = %s", submission)
    packed = stored["content"] or stored["original"]
    values = msgspec.json.decode(zstandard.decompress(packed, max_output_size=1_000_000))["values"]
    title = documents[0]["title"]
    return rendered(WHOLE, title=title, documents=documents, entries=entries, things=things, values=values)


def form(ask: Ask, _: str) -> str:
    """The form, its definition read and its code tables asked for with every request."""
    elements: dict[str, Any] = {}
    for path in (PACKAGE / "hub/standards/elements").glob("*.yaml"):
        for element in yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader):
            elements[element["code"]] = element
    text = (PACKAGE / "apps/declarations/documents/goods_declaration.yaml").read_text("utf-8")
    definition = yaml.load(text, Loader=yaml.BaseLoader)
    fields = []
    for section in definition["sections"]:
        for field in section.get("fields", []):
            element = elements[field["element"]]
            codes = ask.rows(CODES, element["codes"])[:50] if element.get("codes") else []
            fields.append(element["name"] | {"code": element["code"], "codes": codes})
    return rendered(FORM, fields=fields)


def suggested(ask: Ask, typed: str) -> str:
    """What fits, by LIKE over every code's keys."""
    found = ask.rows(FOUND, OFFICIAL, *[f"%{typed}%"] * 5)
    return msgspec.json.encode({"list": OFFICIAL, "total": len(found), "rows": found}).decode()


def rendered(text: str, **values: Any) -> str:
    """Compiled for this request alone."""
    return Engine().from_string(text).render(Context(values))


PAGES: dict[str, Callable[[Ask, str], str]] = {
    "list": listed,
    "consignment": whole,
    "form": form,
    "suggestion": suggested,
}


def serve(given: Given) -> None:
    """Answer ``/list``, ``/form``, ``/consignment/<id>`` and ``/suggestion/<typed>`` until killed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _, name, *rest = self.path.split("/")
            ask = Ask(given)
            try:
                body = PAGES[name](ask, unquote(rest[0]) if rest else "").encode()
            finally:
                ask.connection.close()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: the other candidates keep no log of visits either."""

    ThreadingHTTPServer(("127.0.0.1", given.port), Handler).serve_forever()


if __name__ == "__main__":
    settings.configure(USE_TZ=True, USE_I18N=False)
    serve(msgspec.json.decode(sys.stdin.buffer.read(), type=Given))
