"""Rules on the parties of a declaration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from singlewindow.kernel.codes import citizen, uscc
from singlewindow.kernel.messages import Problem, Text

_CODES = ("consignee_code", "end_user_code", "declarant_code", "ship_agent_code")


class PartyCodes:
    """The parties' codes are right in themselves, and name who may be in that part.

    A code of eighteen characters carries its own check character: a firm's by GB 32100-2015, clause 4.3; an
    individual's (自然人) by GB 11643-1999. Shorter codes, such as the nine of an organisation code, carry
    none of this kind and are left to the receiver.

    Individuals are end users (海关总署公告 2019 年第 18 号附件, on 消费使用单位/生产销售单位), and consignees
    that declare for themselves or through a broker; for others declare customs brokers alone (Customs Law,
    article 9).
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """A problem for each code whose last character does not fit, and for an individual as an agent."""
        for field in _CODES:
            problem = _wrong(values.get(field, ""), field)
            if problem is not None:
                yield problem
        declarant, consignee = values.get("declarant_code", ""), values.get("consignee_code")
        if consignee and declarant != consignee and _is_individual(declarant):
            yield _for_others(declarant)


# The same firms declare day after day.
@lru_cache(maxsize=4_096)
def _wrong(code: str, field: str) -> Problem | None:
    """What is wrong with a code of eighteen, told as of the kind that it looks like."""
    problem = uscc.check(code, field) if len(code) == uscc.LENGTH else None
    if problem is None or not citizen.resembles(code):
        return problem
    return citizen.check(code, field)


@lru_cache(maxsize=4_096)
def _is_individual(code: str) -> bool:
    """Some numbers are well-formed codes of firms as well: taken for that, the mandate asked for decides."""
    return uscc.check(code) is not None and citizen.check(code) is None


def _for_others(code: str) -> Problem:
    return Problem(
        "declarant.individual",
        Text("自然人只能为自己申报", "An individual declares for nobody else"),
        "declarant_code",
        code,
        Text(
            "由收货人自行申报，或由其委托报关企业申报",
            "Let the consignee declare, or a customs broker who holds the consignee's mandate",
        ),
    )
