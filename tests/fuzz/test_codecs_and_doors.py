"""Mutated samples through every codec and every door's reading: refused or read, never anything else.

A failing example prints how to repeat it; ``--hypothesis-seed`` repeats a whole run, and the seed of each is
printed at its beginning.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from contracts.bad_messages import FORMS, message_of
from fuzz.mutations import mutated
from platform_under_test import AT, context, sample
from singlewindow.hub.exchange.submission import Prepared, Refused, prepare, read_document
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Unreadable
from singlewindow.server import rooms
from singlewindow.server.composition import connectors, readers, registry

SEED = random.SystemRandom().randrange(2**32)
print(f"fuzz seed {SEED}")
SAMPLE_BYTES = 40_000
EXAMPLES = 300
SLOWEST_S = 2.0  # one reading, on a machine that has other things to do
RUN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    print_blob=True,
)


@pytest.fixture(autouse=True)
def said_seed() -> None:
    """The seed stands in the output of every test that fails."""
    print(f"fuzz seed {SEED}")
    return


def answers(partner: str) -> list[bytes]:
    """Every answer of a partner's samples, right and wrong."""
    folder = rooms.PACKAGE / "connectors" / partner / "samples"
    kinds = ("positive", "negative", "malformed", "batch")
    found = [path.read_bytes() for path in sorted(folder.iterdir()) if path.name.startswith(kinds)]
    return [data for data in found if len(data) <= SAMPLE_BYTES]


def complete(problem: Problem) -> None:
    assert problem.code
    for text in (problem.text, problem.remedy) if problem.remedy else (problem.text,):
        assert text.zh
        assert text.en


def storable(receipt: Receipt) -> None:
    """What the data base would take: keys of bounded length, no NUL, no surrogate."""
    assert 0 < len(receipt.id) <= 64
    assert len(receipt.about) <= 64
    assert receipt.at.tzinfo is not None
    assert isinstance(receipt.outcome, Outcome)
    for text in (receipt.id, receipt.about, receipt.code, receipt.text, *receipt.facts.values()):
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize("partner", rooms.connectors())
def test_a_codec_reads_or_refuses(partner: str) -> None:
    codec, samples = connectors()[partner].codec, answers(partner)

    @seed(SEED)
    @RUN
    @given(mutated(samples))
    def check(data: bytes) -> None:
        begun = time.perf_counter()
        try:
            for receipt in codec.decode(data):
                storable(receipt)
        except Unreadable as error:
            assert error.problems
            for problem in error.problems:
                complete(problem)
        assert time.perf_counter() - begun < SLOWEST_S

    check()


MESSAGE = message_of(sample())
CHINESE = MESSAGE.decode().replace("UTF-8", "GB18030", 1).encode("gb18030")
SUBMISSIONS = [sample(), *(form(MESSAGE) for form in FORMS.values()), CHINESE]


@seed(SEED)
@RUN
@given(data=mutated(SUBMISSIONS))
def test_a_door_prepares_or_refuses(data: bytes) -> None:
    begun = time.perf_counter()
    try:
        prepared = prepare(data, context())
    except (Unreadable, Refused) as error:
        assert error.problems
        for problem in error.problems:
            complete(problem)
            assert problem.value.isprintable()
    else:
        assert isinstance(prepared, Prepared)
        assert prepared.original == data
    assert time.perf_counter() - begun < SLOWEST_S


@seed(SEED)
@RUN
@given(data=st.binary(max_size=2_000))
def test_any_bytes_at_all_are_read_or_refused(data: bytes) -> None:
    with suppress(Unreadable, Refused):
        read_document(data, registry(), readers(), AT.date())
    for connector in connectors().values():
        with suppress(Unreadable):
            for receipt in connector.codec.decode(data):
                storable(receipt)


def test_what_is_prepared_of_a_mutation_can_be_read_again() -> None:
    """What another system's message became is written to customs, and that can be read again."""
    seen: list[Any] = []

    @seed(SEED)
    @settings(RUN, max_examples=40)
    @given(mutated([MESSAGE]))
    def check(data: bytes) -> None:
        with suppress(Unreadable, Refused):
            for issued in prepare(data, context()).issued:
                if issued.partner == "customs":
                    again = read_document(issued.payload, registry(), readers(), AT.date())
                    assert not [one for one in again.problems if one.code in ("wrong_form", "unknown_code")]
                    seen.append(issued)

    check()
    print(f"{len(seen)} of 40 were taken")
