"""The naive twin: what a decent developer writes who does not think of batches.

One process with a thread a connection; each row is inserted and committed by itself; each message is
one request or one file; receipts are applied one by one. The check, the mapped values and the
counterparts are the platform's.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jsonschema_rs
import msgspec
import paramiko
import psycopg
from lxml import etree

sys.path[:0] = [str(Path(__file__).parent.parent.parent / "src")]

from bed.bodies import numbers, sample  # noqa: E402
from bed.scratch import Task  # noqa: E402
from singlewindow.hub.documents.checking import values_at  # noqa: E402
from singlewindow.hub.documents.schema import schema_of  # noqa: E402
from singlewindow.hub.exchange.connector import Connector  # noqa: E402
from singlewindow.hub.standards.codelists import load as load_code_lists  # noqa: E402
from singlewindow.kernel.messages import Document, Envelope  # noqa: E402
from singlewindow.server import composition  # noqa: E402

IDLE_S = 0.02
Values = Mapping[str, Any]


class Plan:
    """The shape of one partner's message, read once off a real one; leaves that vary carry marks."""

    def __init__(self, connector: Connector, document: Document, marks: Mapping[str, str]) -> None:
        manifest, at = connector.manifest, datetime.now(UTC)
        envelope = Envelope(marks["message_id"], manifest.sender, manifest.receiver, at, marks["reference"])
        encoded = connector.codec.encode(document, envelope)
        self.connector, self.json = connector, encoded.startswith(b"{")
        self.prolog = encoded.startswith(b"<?xml")
        self.root = json.loads(encoded) if self.json else None
        if encoded.startswith(b"<"):
            self.root = etree.fromstring(encoded)
        self.names = {value: name for name, value in marks.items()}

    def built(self, own: Values, document: Document) -> bytes:
        """The message, element by element or member by member; other syntaxes by the platform's codec."""
        if self.root is None:
            manifest, at = self.connector.manifest, datetime.now(UTC)
            envelope = Envelope(own["message_id"], manifest.sender, manifest.receiver, at, own["reference"])
            return self.connector.codec.encode(document, envelope)
        if self.json:
            return json.dumps(self._member(self.root, own), ensure_ascii=False).encode()
        made = self._element(None, self.root, own)
        return etree.tostring(made, encoding="UTF-8", xml_declaration=self.prolog)

    def _member(self, like: Any, own: Values) -> Any:
        if isinstance(like, dict):
            return {name: self._member(value, own) for name, value in like.items()}
        if isinstance(like, list):
            return [self._member(value, own) for value in like]
        return self._own(like, own) if isinstance(like, str) else like

    def _element(self, parent: Any, like: Any, own: Values) -> Any:
        made = (
            etree.Element(like.tag, like.attrib, like.nsmap)
            if parent is None
            else etree.SubElement(parent, like.tag, like.attrib)
        )
        made.text = self._text(like, own)
        for below in like:
            self._element(made, below, own)
        return made

    def _text(self, like: Any, own: Values) -> str | None:
        text = like.text
        if text is None or len(like):
            return None
        if like.tag.endswith("}Data"):  # a document inside the envelope
            inner = self._element(None, etree.fromstring(b64decode(text)), own)
            return b64encode(etree.tostring(inner, encoding="UTF-8", xml_declaration=True)).decode()
        return self._own(text, own)

    def _own(self, text: str, own: Values) -> str:
        for value, name in self.names.items():
            if value in text:
                return text.replace(value, own[name])
        return text


class Office:
    """Takes submissions, keeps every row by itself."""

    def __init__(self, task: Task) -> None:
        self.task, self.local = task, threading.local()
        self.registry = composition.registry()
        self.connectors = {name: composition.connectors()[name] for name in task.endpoints}
        self.definition = self.registry.current("goods_declaration")
        self.check = self.registry.checks[self.definition.id, self.definition.version]
        listings = load_code_lists()
        self.schema = jsonschema_rs.validator_for(
            schema_of(self.definition, listings, datetime.now(UTC).date())
        )
        marks = numbers(0) | {"message_id": str(uuid4()), "reference": "W" + "8" * 18}
        filled = self.check(with_numbers(sample()["values"], marks), datetime.now(UTC).date()).document
        self.plans = {
            name: Plan(connector, self.registry.principal[name].project(filled), marks)
            for name, connector in self.connectors.items()
        }

    def row(self, statement: str, *values: Any) -> Any:
        """One statement, one commit."""
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = psycopg.connect(self.task.dsn, autocommit=True)
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else None

    def journal(self, verb: str, subject: UUID, submission: UUID | None, content: Values) -> None:
        """Who did what, with its hash."""
        text = json.dumps(content, ensure_ascii=False)
        leaf = hashlib.sha256(text.encode()).digest()
        self.row("insert into journal (verb, subject, submission_id, content, leaf)"
                 " values (%s, %s, %s, %s, %s)",
                 verb, subject, submission, text, leaf)  # fmt: skip

    def take(self, body: bytes, message_id: str) -> UUID:
        """Check one submission and store everything it leads to."""
        values = json.loads(body)["values"]
        self.schema.validate(values)
        checked = self.check(values, datetime.now(UTC).date())
        if checked.errors:
            raise ValueError(checked.errors[0].text.en)
        submission, document = uuid4(), uuid4()
        self.row("insert into submission (id, party, message_id, digest) values (%s, %s, %s, %s)",
                 submission, values["declarant_code"], message_id, hashlib.sha256(body).digest())  # fmt: skip
        reference = f"W{submission.int % 10**18:018d}"
        self.document(document, submission, self.definition.id, None, reference, values)
        self.row(
            "insert into document_version (document_id, original) values (%s, %s)", document, body.decode()
        )
        for kind, path in self.definition.keys.items():
            for value in set(values_at(checked.document.values, path)):
                self.row("insert into document_key (kind, value, document_id) values (%s, %s, %s)",
                         kind, value, document)  # fmt: skip
        self.journal("submission.accepted", submission, submission, {"title": values["bill_number"]})
        for partner in self.connectors:
            self.issue(partner, submission, reference, checked.document)
        return submission

    def document(self, id_: UUID, submission: UUID, kind: str, partner: str | None, reference: str,
                 values: Values) -> None:  # fmt: skip
        """One document's row."""
        self.row("insert into document (id, submission_id, kind, partner, reference, title)"
                 " values (%s, %s, %s, %s, %s, %s)",
                 id_, submission, kind, partner, reference, values["bill_number"])  # fmt: skip

    def issue(self, partner: str, submission: UUID, reference: str, document: Document) -> None:
        """One partner's document and message."""
        id_, message, values = uuid4(), uuid4(), document.values
        projected = self.registry.principal[partner].project(document)
        containers = [line["container_number"] for line in values["containers"]]
        own = {
            "bill": values["bill_number"],
            "contract": values["contract_number"],
            "first": containers[0],
            "second": containers[1],
            "message_id": str(message),
            "reference": reference,
        }
        payload = self.plans[partner].built(own, projected)
        self.document(id_, submission, projected.kind, partner, reference, values)
        self.row("insert into message (id, submission_id, document_id, partner, reference, payload)"
                 " values (%s, %s, %s, %s, %s, %s)",
                 message, submission, id_, partner, reference, payload)  # fmt: skip
        self.journal("document.issued", id_, submission, {"partner": partner, "message": str(message)})
        self.row("insert into outbox (message_id, partner) values (%s, %s)", message, partner)

    def dispatch(self, partner: str, send: Callable[[str, bytes], bytes]) -> None:
        """Send what waits, one message after the other, for ever."""
        pack = self.connectors[partner].codec.pack
        while True:
            found = self.row("select o.id, m.id, m.submission_id, m.payload from outbox o"
                             " join message m on m.id = o.message_id where o.partner = %s"
                             " order by o.id limit 1", partner)  # fmt: skip
            if not found:
                time.sleep(IDLE_S)
                continue
            seq, message, submission, payload = found[0]
            answer = send(f"{partner}-{message}", pack([payload], str(message), datetime.now(UTC)))
            self.row("delete from outbox where id = %s", seq)
            self.journal("message.sent", message, submission, {"partner": partner})
            if answer:
                self.apply(partner, answer)

    def apply(self, partner: str, data: bytes) -> None:
        """Each receipt by itself: find its message, keep it, raise the document's state."""
        for receipt in self.connectors[partner].codec.decode(data):
            about = "select submission_id, document_id from message where partner = %s and "
            column = "reference" if receipt.about.startswith("W") else "id::text"
            submission, document = self.row(f"{about} {column} = %s", partner, receipt.about)[0]
            self.row("insert into receipt (submission_id, document_id, partner, receipt_id, stage, code,"
                     " outcome, facts, at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                     " on conflict do nothing",
                     submission, document, partner, receipt.id, str(receipt.stage), receipt.code,
                     int(receipt.outcome), json.dumps(receipt.facts), receipt.at)  # fmt: skip
            self.row("update document set state = %s, code = %s, changed_at = now()"
                     " where id = %s and state < %s",
                     int(receipt.outcome), receipt.code, document, int(receipt.outcome))  # fmt: skip
            self.journal("receipt.received", document, submission, {"code": receipt.code})


def with_numbers(values: dict[str, Any], own: Values) -> dict[str, Any]:
    """The sample's values with marked numbers."""
    values["bill_number"] = values["bill_of_lading_number"] = own["bill"]
    values["contract_number"] = own["contract"]
    for line, name in zip(values["containers"], ("first", "second"), strict=True):
        line["container_number"] = own[name]
    return values


def over_http(office: Office, partner: str, endpoint: Mapping[str, Any]) -> None:
    """A thread that posts, and one that asks for receipts and acknowledges them."""
    url, head = endpoint["url"], {"authorization": f"Bearer {endpoint['token']}"}
    receipts = str(httpx.URL(url).join(endpoint.get("receipts", "receipts")))

    def collect() -> None:
        with httpx.Client(headers=head, timeout=30, trust_env=False) as client:
            while True:
                answer = client.get(receipts, params={"wait": "1000"})
                if answer.status_code == 200:
                    office.apply(partner, answer.content)
                    client.post(f"{receipts}/ack", params={"cursor": answer.headers["receipts-cursor"]})

    client = httpx.Client(headers=head, timeout=30, trust_env=False)
    post = lambda name, body: client.post(url, content=body).raise_for_status().content  # noqa: E731
    threading.Thread(target=collect, daemon=True).start()
    threading.Thread(target=office.dispatch, args=(partner, post), daemon=True).start()


def over_sftp(office: Office, partner: str, endpoint: Mapping[str, Any]) -> None:
    """A thread that puts files, and one that fetches and removes them."""

    def collect() -> None:
        client, inbox = sftp(endpoint), endpoint.get("inbox", "InBox")
        while True:
            names = sorted(name for name in client.listdir(inbox) if not name.endswith(".tmp"))
            for name in names:
                with client.open(f"{inbox}/{name}", "rb") as file:
                    office.apply(partner, file.read())
                client.remove(f"{inbox}/{name}")
            if not names:
                time.sleep(IDLE_S)

    client = sftp(endpoint)

    def put(name: str, body: bytes) -> bytes:
        path = f"{endpoint.get('outbox', 'OutBox')}/{name}"
        with client.open(f"{path}.tmp", "wb") as file:
            file.write(body)
        client.posix_rename(f"{path}.tmp", path)
        return b""

    threading.Thread(target=collect, daemon=True).start()
    threading.Thread(target=office.dispatch, args=(partner, put), daemon=True).start()


def sftp(endpoint: Mapping[str, Any]) -> paramiko.SFTPClient:
    """A connection, made when the counterpart listens."""
    for _ in range(100):
        try:
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            client.connect(
                endpoint["host"],
                endpoint["port"],
                endpoint["user"],
                key_filename=endpoint["client_key"],
                timeout=5,
                allow_agent=False,
                look_for_keys=False,
            )
            return client.open_sftp()
        except (OSError, paramiko.SSHException):
            time.sleep(0.1)
    raise RuntimeError("the SFTP counterpart does not listen")


def handler(office: Office) -> type[BaseHTTPRequestHandler]:
    """The view."""

    class View(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known = self.headers["authorization"] == f"Bearer {office.task.token}"
            submission = office.take(body, self.headers["idempotency-key"]) if known else None
            answer = json.dumps({"submission_id": str(submission)}).encode()
            self.send_response(202 if submission else 401)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """No access log: the platform writes none either."""

    return View


def main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    office = Office(task)
    for partner, connector in office.connectors.items():
        speak = {"http": over_http, "sftp": over_sftp}[connector.manifest.transport.kind]
        speak(office, partner, task.endpoints[partner])
    server = ThreadingHTTPServer(("127.0.0.1", task.port), handler(office))
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
