"""``singlewindow parties``: register parties with their first administrator, list them, merge agencies."""

from __future__ import annotations

import argparse
from typing import Any

from msgspec import structs

from singlewindow.hub.identity import registering, staff
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.registering import MOST, Listed
from singlewindow.hub.identity.registrations import CODES, SHORT_NAME, Registration
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_lines, problem_values
from singlewindow.kernel.queries import Cursor
from singlewindow.server import given, rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.database import connect
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

HOURS = int(staff.ONCE_FOR.total_seconds() // 3600)
TELL = (
    f"当面或电话告知本人；只显示这一次，{HOURS} 小时内有效，首次登录须改密"
    f" · tell it to the person yourself: shown only now, good for {HOURS} hours, changed at the first sign-in"
)
SAID = {
    "register": "未登记 · not registered",
    "admit": "未新增 · nobody admitted",
    "merge": "未合并 · not merged",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and the party it is about."""
    parser.description = "登记、列出、合并单位 · register parties with their administrators, list, merge"
    parser.add_argument(
        "action",
        choices=["list", *SAID],
        help="list: 列出 · list; register: 登记 · register; admit: 新增管理员 · another administrator; "
        "merge: 部门合并 · merge an agency into another",
    )
    parser.add_argument("--kind", default="", help=f"单位种类 · kind of party: {', '.join(CODES)}")
    parser.add_argument(
        "--code",
        default="",
        help="统一社会信用代码、公民身份号码或部门简称；- 为从标准输入读一行"
        " · credit code, citizen's number, short name; - reads a line of the standard input",
    )
    parser.add_argument("--name", nargs=2, metavar=("ZH", "EN"), help="中英文名称 · names")
    parser.add_argument(
        "--partner",
        default="",
        choices=rooms.connectors(),
        help="部门或经营人的对接组件 · the component that speaks for an agency or operator",
    )
    parser.add_argument("--seal", default="", help="印字，一个字 · seal, one character")
    parser.add_argument("--customs-code", default="", help="海关编码，10 位 · registration with customs")
    parser.add_argument("--login", default="", help="管理员账号 · the administrator's login")
    parser.add_argument("--person", default="", help="管理员姓名 · the administrator's name")
    parser.add_argument("--into", default="", help="并入的部门代码 · code of the agency merged into")
    parser.add_argument("--on", type=given.day, help="合并生效日 · the merger's first day")
    parser.add_argument(
        "--after", type=given.number, default=0, help="从这个编号之后列出 · list those behind this number"
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 where it was declined, with every reason."""
    act = {"list": _listed, "register": _register, "admit": _admit, "merge": _merge}[arguments.action]
    with connect(configuration, ENGINE) as connection:
        try:
            with connection.transaction(), connection.cursor() as cursor:
                return act(cursor, arguments)
        except Declined as declined:
            return _declined(arguments.action, declined.problems)


def _register(cursor: Cursor, arguments: argparse.Namespace) -> Reply:
    party = Registration(
        kind=arguments.kind,
        code=_code(arguments.code),
        name=Text(*(each.strip() for each in arguments.name or ("", ""))),
        partner=arguments.partner,
        seal=arguments.seal,
        customs_code=arguments.customs_code.upper(),
    )
    who = {"login": arguments.login, "person": arguments.person.strip()}
    password = registering.register(given.operator("parties"), cursor, party=party, **who, at=now())
    head = f"已登记 {party.name.zh} · registered: {party.name.en}"
    code = registering.shown(party.kind, party.code)
    return _secret({"registered": True, "code": code}, head, arguments.login, password)


def _admit(cursor: Cursor, arguments: argparse.Namespace) -> Reply:
    code, at = _code(arguments.code), now()
    who = {"login": arguments.login, "person": arguments.person.strip()}
    shown, password = registering.admit(given.operator("parties"), cursor, code=code, **who, at=at)
    return _secret({"admitted": True, "code": shown}, "已新增管理员 · admitted", arguments.login, password)


def _merge(cursor: Cursor, arguments: argparse.Namespace) -> Reply:
    if arguments.on is None:
        raise Refusal("请用 --on 写明生效日", "say with --on from which day on")
    pair: dict[str, Any] = {"code": arguments.code, "into": arguments.into, "on": arguments.on}
    registering.merge(given.operator("parties"), cursor, **pair, at=now())
    said = f"{arguments.on} 起 {arguments.code} 并入 {arguments.into} · merged from that day on"
    return Reply({"merged": True, **pair}, said)


def _listed(cursor: Cursor, arguments: argparse.Namespace) -> Reply:
    if arguments.kind and arguments.kind not in CODES:
        kinds = ", ".join(CODES)
        raise Refusal(f"--kind 应为 {kinds} 之一", f"--kind is one of {kinds}")
    found = registering.parties(cursor, kind=arguments.kind, after=arguments.after, at=now())
    lines = [_line(one) for one in found] or ["没有登记单位 · no party is registered"]
    if len(found) == MOST:
        lines.append(f"… --after {found[-1].id}")
    return Reply([_plain(one) for one in found], "\n".join(lines))


def _code(typed: str) -> str:
    """Codes of firms and people are written in capitals, short names of agencies are not."""
    code = given.line(typed)
    return code if SHORT_NAME.fullmatch(code) else code.strip().upper()


def _secret(values: dict[str, Any], head: str, login: str, password: str) -> Reply:
    lines = [head, f"账号 · login     {login}", f"密码 · password  {password}", TELL]
    return Reply(values | {"login": login, "password": password, "once_hours": HOURS}, "\n".join(lines))


def _declined(action: str, problems: tuple[Problem, ...]) -> Reply:
    """Without what was typed: it may be a citizen's number, which stands in no log of a terminal."""
    told = [structs.replace(each, value="") for each in problems]
    text = "\n".join([*problem_lines(told), SAID[action]])
    return Reply({"done": False, "problems": problem_values(told)}, text, 1)


def _plain(one: Listed) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in Listed.__struct_fields__}
    name = {"zh": one.name.zh, "en": one.name.en}
    return values | {"name": name}


def _line(one: Listed) -> str:
    what = f"{one.id:>6}  {one.kind:10} {one.code:18}  {one.name.zh} · {one.name.en}"
    if one.merged_into:
        what += f"  → {one.merged_into} {one.merged_from}"
    return what if one.administrators else f"{what}  无人可登录管理 · no administrator can sign in"
