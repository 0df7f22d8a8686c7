"""What must be true of a platform afterwards, read from its tables and its counterparts' own ledgers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from importlib import import_module

from chaos.coordination_proofs import prove_coordination
from chaos.load import Acknowledged
from running import Platform
from singlewindow.kernel.messages import Outcome
from singlewindow.rehearsal.script import Case, Script
from singlewindow.server import rooms

PARTNERS = ("customs", "quarantine")  # whose decisions can be recomputed from their script alone
EVERYBODY = rooms.connectors()
SETTLE_S = 75.0
WAITING = ("outbox", "inbox", "unnumbered", "undecided", "asked", "gone", "subscribers behind")
QUIET = """select (select count(*) from outbox), (select count(*) from inbox where state = 0),
                  (select count(*) from journal_entry e
                    where not exists (select from journal_position p where p.entry_id = e.id)),
                  (select count(*) from coordination_due),
                  (select count(*) from coordination_request where applied_at is null),
                  (select count(*) from gate_event where out and taken_at is null),
                  (select count(*) from journal_cursor c
                    where c.position < (select max(position) from journal_position))"""
SENT = """select m.value, count(*) from journal_entry e,
                 jsonb_array_elements_text(convert_from(e.content, 'UTF8')::jsonb -> 'messages') as m (value)
           where e.verb = 'message.sent' group by m.value"""
RECEIPTS = """select m.partner, m.reference, r.stage, r.code, count(*)
                from receipt r
                join message m on m.submission_id = r.submission_id and m.document_id = r.document_id
               where m.partner = any (%s)
               group by 1, 2, 3, 4"""
UNMATCHED = """select actor_id, convert_from(content, 'UTF8') from journal_entry
                 where verb = 'receipt.unmatched'"""
APPLIED = """select m.message_id, m.submission_id <> m.document_id,
                    coalesce(bool_or(r.stage = 'technical' and r.outcome >= %s), false),
                    count(distinct r.receipt_id) filter (where r.stage = 'technical'),
                    count(distinct r.receipt_id) filter (where r.stage = 'business'), count(r.*)
               from message m
               left join receipt r on r.submission_id = m.submission_id and r.document_id = m.document_id
              where m.partner = %s
              group by 1, 2"""


def settle(platform: Platform) -> None:
    """Wait, bounded, until nothing is on its way any more on either side."""
    deadline = time.monotonic() + SETTLE_S
    while any((standing := _standing(platform)).values()):
        assert time.monotonic() < deadline, f"not settled after {SETTLE_S} s: {standing}"
        time.sleep(0.2)


def _standing(platform: Platform) -> dict[str, int]:
    standing = dict(zip(WAITING, platform.ask(QUIET)[0], strict=True))
    applied = dict(platform.ask("select partner, count(*) from receipt group by 1"))
    for partner in EVERYBODY:
        owed = "select (select count(*) from owed) + (select count(*) from ready)"
        standing[f"owed by {partner}"] = platform.ledger_of(partner, owed)[0][0]
        given = sum(given_by(platform, partner).values())
        standing[f"answers of {partner}"] = given - applied.get(partner, 0)
    standing["files"] = len(list((platform.state_of("customs") / "files").glob("*Box/*.xml")))
    return standing


def prove(platform: Platform, acknowledged: Sequence[Acknowledged]) -> None:
    """Nothing lost, nothing twice, everything in evidence."""
    submissions_exist_once(platform, acknowledged)
    documents_took_effect_once(platform, acknowledged)
    receipts_were_applied_once(platform)
    answers_were_applied_once(platform)
    nothing_is_left_over(platform)
    asyncio.run(prove_coordination(platform.configuration.dsn("postgres")))
    journal_is_sound(platform, len(acknowledged))


def submissions_exist_once(platform: Platform, acknowledged: Sequence[Acknowledged]) -> None:
    """Each key has the one submission it was told, with the bytes that were acknowledged."""
    stored = platform.ask("select message_id, id::text, encode(digest, 'hex') from submission")
    told = [(one.key, one.submission_id, one.digest) for one in acknowledged]
    assert sorted(stored) == sorted(told)
    bills = platform.ask(
        "select value, count(distinct submission_id) from document_key where kind = 'bill' group by 1"
    )
    assert dict(bills) == {one.bill: 1 for one in acknowledged}


def documents_took_effect_once(platform: Platform, acknowledged: Sequence[Acknowledged]) -> None:
    """Each submission's document for each partner is in that partner's ledger, once."""
    for partner in PARTNERS:
        issued = platform.ask(
            "select message_id, reference, submission_id::text from message"
            " where partner = %s and submission_id <> document_id",
            partner,
        )
        told = told_to(platform, partner)
        rows = platform.ledger_of(partner, "select id, reference from received")
        received = [row for row in rows if row[1] not in told]
        assert sorted(received) == sorted((message, reference) for message, reference, _ in issued)
        assert sorted(one for _, _, one in issued) == sorted(one.submission_id for one in acknowledged)
    for partner in EVERYBODY:
        issued = platform.ask("select message_id from message where partner = %s", partner)
        assert sorted(platform.ledger_of(partner, "select id from received")) == sorted(issued)
    sent = dict(platform.ask(SENT))
    assert sent == dict.fromkeys((row[0] for row in platform.ask("select message_id from message")), 1)


def told_to(platform: Platform, partner: str) -> set[str]:
    """The references of the platform's own notices, which belong to no submission."""
    rows = platform.ask(
        "select reference from message where partner = %s and submission_id = document_id", partner
    )
    return {reference for (reference,) in rows}


def receipts_were_applied_once(platform: Platform) -> None:
    """What the counterparts decided, recomputed from their script, is what was applied; nothing twice."""
    applied = Counter({row[:4]: row[4] for row in platform.ask(RECEIPTS, list(PARTNERS))})
    assert applied == expected_receipts(platform)
    told = platform.ask("select count(*) from journal_entry where verb = 'receipt.received'")
    assert told == platform.ask("select count(*) from receipt")
    assert platform.ask(UNMATCHED) == []


def answers_were_applied_once(platform: Platform) -> None:
    """Of every message each answer that its counterpart gave, by the counterpart's own count, is there once.

    One is technical. Of a trader's document that it does not refuse, which every counterpart decides on, one
    at least is business.
    """
    for partner in EVERYBODY:
        applied = platform.ask(APPLIED, int(Outcome.REFUSED), partner)
        assert {message: count for message, *_, count in applied} == given_by(platform, partner), partner
        for message, traders, refused, technical, business, count in applied:
            assert (technical, technical + business) == (1, count), (partner, message)
            assert bool(business) is not refused or not traders, (partner, message)


def given_by(platform: Platform, partner: str) -> dict[str, int]:
    """How many different answers each message gets, as its counterpart wrote down when it took it."""
    return dict(platform.ledger_of(partner, "select id, answers from received"))


def expected_receipts(platform: Platform) -> Counter[tuple[str, str, str, str]]:
    """(partner, reference, stage, code) of every receipt that the counterparts' ledgers call for."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for partner in PARTNERS:
        chosen, told = platform.configuration, told_to(platform, partner)
        script = Script(chosen.rehearsal_seed, profile=chosen.rehearsal_profile)
        for (reference,) in platform.ledger_of(partner, "select reference from received"):
            decided = None if reference in told else script
            found.update((partner, reference, *said) for said in answers_of(partner, reference, decided))
    return found


def answers_of(partner: str, reference: str, script: Script | None) -> list[tuple[str, str]]:
    """Stage and code of each answer to a message; without a script it is taken note of alone."""
    module = import_module(f"singlewindow.connectors.{partner}.counterpart")
    codes = getattr(module, "FULL", None) or module.CODES
    case = script.decide(reference, codes) if script else Case(reference)
    technical = module.DESK.refused if case.failed else module.DESK.accepted
    return [("technical", technical), *(("business", step.code) for step in case.steps)]


def nothing_is_left_over(platform: Platform) -> None:
    """No message waits, none was buried, no answer was unreadable."""
    assert platform.ask("select seq, state, problem from outbox") == []
    assert platform.ask("select id, state, problem from inbox where state <> 2 or problem <> ''") == []


def journal_is_sound(platform: Platform, submissions: int) -> None:
    """Every entry has its place, without a hole, and the whole verifies."""
    count, least, most = platform.ask("select count(*), min(position), max(position) from journal_position")[
        0
    ]
    assert (least, most) == (0, count - 1)
    assert platform.ask("select count(*) from journal_entry") == [(count,)]
    accepted = "select count(*) from journal_entry where verb = 'submission.accepted'"
    assert platform.ask(accepted) == [(submissions,)]
    report = platform.run("journal", "verify")
    assert report["sound"], report
    assert (report["size"], report["unnumbered"]) == (count, 0)
