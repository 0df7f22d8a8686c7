"""Writes declarations and what became of them, as the doors and the worker would."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from database import Database
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Outcome

START = datetime(2025, 11, 18, 1, 52, 50, tzinfo=UTC)
BILL, CONTAINER = "CQX2511070386", "CQXU2045171"
DIGEST = bytes(32)
BROKER, CUSTOMS, STRANGER = 7, 8, 9
PHASES = {Outcome.ACCEPTED: "accepted", Outcome.RELEASED: "released", Outcome.RETURNED: "returned"}


class Story:
    """Writes declarations and what became of them, as the doors and the worker would."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def insert(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self.database.execute(
            "postgres", f"insert into sw.{table} ({names}) values ({marks})", *values.values()
        )

    def declared(self, number: int, *, sent: bool = True) -> UUID:
        at = START + timedelta(minutes=number)
        submission, viewers = uuid7(at), [BROKER]
        common = {"submission_id": submission, "viewers": viewers}
        self.insert(
            "submission",
            id=submission,
            party=BROKER,
            actor_kind="token",
            actor_id="1",
            actor_name="乙",
            door="http",
            format="json",
            message_id=f"M{number}",
            digest=DIGEST,
            received_at=at,
            viewers=viewers,
        )
        self.document(submission, at, None, viewers, f"{BILL}-{number}")
        if sent:
            self.document(submission, at, "customs", [BROKER, CUSTOMS], f"{BILL}-{number}")
        self.insert("document_key", kind="bill", value=f"{BILL}-{number}", document_id=submission, **common)
        self.insert("document_key", kind="container", value=CONTAINER, document_id=submission, **common)
        return submission

    def document(
        self, submission: UUID, at: datetime, partner: str | None, viewers: list[int], title: str
    ) -> None:
        self.insert(
            "document",
            submission_id=submission,
            id=self.id_of(submission, partner),
            kind=partner or "goods_declaration",
            definition_version="1",
            version=1,
            partner=partner,
            party=BROKER,
            reference="R",
            title=title,
            boxes=9,
            changed_at=at,
            created_at=at,
            viewers=viewers,
        )

    def id_of(self, submission: UUID, partner: str | None) -> UUID:
        return UUID(int=submission.int + (1 if partner else 0))

    def answered(
        self, submission: UUID, outcome: Outcome, after: float, code: str = "", text: str = ""
    ) -> None:
        at = START + timedelta(hours=1, seconds=after)
        self.insert(
            "receipt",
            submission_id=submission,
            document_id=self.id_of(submission, "customs"),
            partner="customs",
            receipt_id=str(after),
            stage="business",
            code=code,
            outcome=int(outcome),
            text=text,
            facts=json.dumps({"entry_number": "8010"}),
            problems="[]",
            at=at.replace(microsecond=0),
            received_at=at,
            viewers=[BROKER, CUSTOMS],
        )

        self.stands(submission, PHASES[outcome], code)

    def stands(self, submission: UUID, phase: str, code: str) -> None:
        """What the worker keeps of it in the same transaction."""
        self.database.execute(
            "postgres",
            "update sw.document set stood = 1, phase = %s, letter = %s where submission_id = %s and id = %s",
            phase, code, submission, self.id_of(submission, "customs"),
        )  # fmt: skip

    def waiting(self, submission: UUID, attempts: int, state: int = 0) -> None:
        message = UUID(int=submission.int + 2)
        self.insert(
            "message",
            submission_id=submission,
            id=message,
            document_id=self.id_of(submission, "customs"),
            version=1,
            partner="customs",
            kind="customs",
            definition_version="1",
            message_id=str(message),
            reference="R",
            digest=DIGEST,
            payload=b"",
            created_at=START,
            viewers=[BROKER],
        )
        self.insert(
            "outbox",
            submission_id=submission,
            message=message,
            partner="customs",
            order_key="k",
            state=state,
            ready_at=START,
            attempts=attempts,
            problem="502",
            viewers=[BROKER],
        )

    def party(self, id_: int, zh: str, en: str, partner: str | None = None, kind: str = "firm") -> None:
        self.database.execute(
            "postgres",
            "insert into sw.party (id, kind, code, partner, name_zh, name_en)"
            " overriding system value values (%s, %s, %s, %s, %s, %s)",
            id_, kind, f"P{id_}", partner, zh, en,
        )  # fmt: skip

    def kept(self, submission: UUID, state: int) -> None:
        """How the whole stands, as the worker keeps it."""
        self.database.execute(
            "postgres",
            "update sw.document set state = %s where submission_id = %s and partner is null",
            state, submission,
        )  # fmt: skip

    def barred(self, submission: UUID, kind: str) -> None:
        """What the goods' own disposition says; every document of the submission is of one dossier."""
        for document in (submission, self.id_of(submission, "customs")):
            self.insert(
                "dossier_document",
                submission_id=submission,
                document_id=document,
                dossier=submission,
                kind="k",
                party=BROKER,
                viewers=[BROKER],
            )
        self.insert(
            "disposition",
            dossier=submission,
            subject_kind="container",
            subject_key="box",
            number=CONTAINER,
            lot=False,
            version=1,
            kind=kind,
            agencies=[],
            missing=[],
            used=[],
            changed_at=START,
            viewers=[BROKER],
        )

    def draft(self, submission: UUID, handed_in: bool) -> None:
        """The draft that mends it, handed in or not."""
        self.insert(
            "draft",
            id=UUID(int=submission.int + 3),
            kind="goods_declaration",
            definition_version="1",
            version=1,
            title="",
            entries=0,
            content=b"",
            digest=DIGEST,
            party=BROKER,
            person=1,
            person_name="乙",
            created_at=START,
            updated_at=START,
            submission_id=UUID(int=submission.int + 4) if handed_in else None,
            mends=submission,
            viewers=[BROKER],
        )

    def duty(self, submission: UUID, hours: float | None, code: str = "correct", done: bool = False) -> None:
        """Something to do, until so many hours after the beginning."""
        words = dict.fromkeys(("name_zh", "name_en", "text_zh", "text_en", "action_zh", "action_en"), "w")
        self.insert(
            "duty",
            submission_id=submission,
            document_id=self.id_of(submission, "customs"),
            version=1,
            code=code,
            partner="customs",
            role="declarant",
            kind="back",
            reason="",
            since=START,
            deadline=START + timedelta(hours=hours) if hours is not None else None,
            done_at=START if done else None,
            viewers=[BROKER],
            **words,
        )

    def crowd(self, number: int, viewers: list[int]) -> None:
        """So many declarations, a minute after the other, and nothing else of them."""
        self.database.execute(
            "postgres",
            "insert into sw.document (submission_id, id, kind, definition_version, version, party, reference,"
            " title, boxes, changed_at, created_at, viewers)"
            " select id, id, 'goods_declaration', '1', 1, %s, 'R', 'T', 9, at, at, %s"
            " from (select gen_random_uuid() as id, %s + n * interval '1 minute' as at"
            " from generate_series(1, %s) n) made",
            viewers[0], viewers, START, number,
        )  # fmt: skip
