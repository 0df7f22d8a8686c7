"""Who is registered here, for who runs the platform; and by which commands more are."""

from __future__ import annotations

import shlex
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from msgspec import Struct

from singlewindow.hub.coordination import facts
from singlewindow.hub.identity import registering
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.identity.registering import Listed
from singlewindow.hub.identity.registrations import (
    AGENCY,
    CODES,
    FIRM,
    INDIVIDUAL,
    LONGEST_CODE,
    OPERATOR,
    PLATFORM,
)
from singlewindow.hub.portal import names, queries
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.ui import numbers
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Text

READ = "parties.read"
PAGE = 50
KINDS = {
    PLATFORM: Text("运行单位", "Platform's operator"),
    AGENCY: Text("部门", "Agency"),
    OPERATOR: Text("作业单位", "Terminal operator"),
    FIRM: Text("企业", "Firm"),
    INDIVIDUAL: Text("个人", "Individual"),
}
REGISTER = "singlewindow parties register"
FIRST = Text("--login 账号 --person 姓名", "--login LOGIN --person NAME")
CREDIT_CODE = Text("--code 统一社会信用代码", "--code CREDIT-CODE")
CALLED = Text('--name 中文名称 "英文名称"', '--name CHINESE-NAME "ENGLISH NAME"')
CUSTOMS_CODE = Text("--customs-code 海关编码", "--customs-code CUSTOMS-CODE")
NUMBER = Text("--code -", "--code -")


class Connected(Struct, frozen=True):
    """A partner: whether its party is registered, and else by which command; whether its lane ever ran.

    ``idle``: it is a terminal's, and nobody who is registered runs one by the installation's tables.
    """

    partner: Partner
    registered: bool
    command: Text
    runs: bool
    idle: bool

    @property
    def settings(self) -> str:
        """Where it stands how the partner is reached."""
        return f"components/{self.partner.id}.toml"


@permission(READ)
@require_safe
@never_cache
def parties(request: HttpRequest) -> HttpResponse:
    """The parties registered, a page of them; ``?kind=`` those of one kind, ``?code=`` one by its code."""
    chosen = request.GET.get("kind", "")
    kind = chosen if chosen in CODES else ""
    code = request.GET.get("code", "").strip()[:LONGEST_CODE]
    after = numbers.key(request.GET.get("after", ""))
    found = _found(kind, code, after, PAGE + 1)
    shown = found[:PAGE]
    asked = {"kind": kind} if kind else {}
    values = {
        "lines": [(one, KINDS[one.kind]) for one in shown],
        "kind": kind,
        "kinds": KINDS,
        "code": code,
        "longest": LONGEST_CODE,
        "alone": alone(),
        "later": f"?{urlencode(asked | {'after': shown[-1].id})}" if len(found) > PAGE else "",
        "connected": connected(),
        "firm": command(FIRM, CREDIT_CODE, CUSTOMS_CODE, CALLED),
        "individual": command(INDIVIDUAL, NUMBER, CALLED),
    }
    return framed(request, "portal/parties.html", values)


def alone() -> bool:
    """Whether nobody but the platform's operator is registered yet."""
    return len(_found("", "", 0, 2)) == 1


def connected() -> list[Connected]:
    """Every partner that there is a connector for."""
    registered, lanes = queries.speaking(), {row["partner"] for row in queries.lanes()}
    idle = no_terminal()
    return [
        Connected(one, one.id in registered, beginning(one), one.id in lanes, idle and not agency(one))
        for one in names.partners()
    ]


def agency(partner: Partner) -> bool:
    """Whether its release is asked for; others run terminals."""
    return partner.id in {rule.agency for rule in facts.requirements()}


def no_terminal() -> bool:
    """Whether operators are registered, and none of them runs a terminal today."""
    codes = {one.code for one in _found(OPERATOR, "", 0, PAGE)}
    return bool(codes) and codes.isdisjoint(facts.operators(local_day(now())).values())


def beginning(partner: Partner) -> Text:
    """The command that registers a partner's party: an agency, or who runs a terminal."""
    code = Text(f"--code {partner.id}", f"--code {partner.id}") if agency(partner) else CREDIT_CODE
    called = f"--name {shlex.quote(partner.name.zh)} {shlex.quote(partner.name.en)}"
    rest = f"--partner {partner.id} --seal {partner.seal} {called}"
    return command(AGENCY if agency(partner) else OPERATOR, code, Text(rest, rest))


def command(kind: str, *options: Text) -> Text:
    """How a party of a kind is registered on the machine, with its first administrator."""
    said = (Text(f"{REGISTER} --kind {kind}", f"{REGISTER} --kind {kind}"), *options, FIRST)
    return Text(" ".join(one.zh for one in said), " ".join(one.en for one in said))


def _found(kind: str, code: str, after: int, most: int) -> list[Listed]:
    with connection.cursor() as cursor:
        return registering.parties(cursor, kind=kind, code=code, after=after, most=most, at=now())
