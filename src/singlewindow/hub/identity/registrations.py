"""A party as it is to be registered, and what can be wrong with it by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from singlewindow.hub.identity.declined import wrong
from singlewindow.kernel.codes import citizen, uscc
from singlewindow.kernel.messages import Problem, Text

AGENCY, FIRM, INDIVIDUAL, OPERATOR, PLATFORM = "agency", "firm", "individual", "operator", "platform"
LONGEST_NAME = 70  # as the data elements that a party's name is filled into
LONGEST_FOREIGN_NAME = 200
LONGEST_CODE = 32  # of an agency; those of others are 18
SHORT_NAME = re.compile(r"[a-z][a-z0-9_-]{1,31}")
CUSTOMS_CODE = re.compile(r"[0-9A-Z]{10}")


class Registration(Struct, frozen=True):
    """A party when it is registered. ``partner``: the component that speaks for it, if any."""

    kind: str
    code: str
    name: Text
    partner: str = ""
    seal: str = ""
    customs_code: str = ""


def unfit(party: Registration) -> list[Problem]:
    """Everything that is wrong with it, whoever else is registered."""
    return [*_coded(party), *_named(party.name), *_marked(party)]


def _short_name(code: str, field: str) -> Problem | None:
    if SHORT_NAME.fullmatch(code):
        return None
    zh = "部门的代码是简称，2–32 位：小写字母开头，可含数字和 _ -，如 customs"
    en = "An agency's code is a short name of 2 to 32: a small letter first, then letters, digits and _ -"
    return wrong("agency_code", zh, en, field)


CODES: Mapping[str, Callable[[str, str], Problem | None]] = {
    PLATFORM: uscc.check,
    AGENCY: _short_name,
    OPERATOR: uscc.check,
    FIRM: uscc.check,
    INDIVIDUAL: citizen.check,
}


def _coded(party: Registration) -> list[Problem]:
    """GB 32100 for whoever is an organisation, GB 11643 for a natural person."""
    if party.kind not in CODES:
        kinds = "、".join(CODES), ", ".join(CODES)
        said = f"单位种类应为 {kinds[0]} 之一", f"The kind of a party is one of {kinds[1]}"
        return [wrong("kind_unknown", *said, "kind")]
    found = CODES[party.kind](party.code, "code")
    return [found] if found else []


def _named(name: Text) -> list[Problem]:
    fits = _fits(name.zh, LONGEST_NAME), _fits(name.en, LONGEST_FOREIGN_NAME)
    if all(fits):
        return []
    most, longest = LONGEST_NAME, LONGEST_FOREIGN_NAME
    zh = f"单位须有中文名称（1–{most} 字）和英文名称（1–{longest} 字）"
    en = f"A party has a Chinese name (1 to {most} characters) and an English one (1 to {longest})"
    return [wrong("party_name", zh, en, "name")]


def _fits(name: str, most: int) -> bool:
    return 1 <= len(name) <= most and name.isprintable() and name == name.strip()


def _marked(party: Registration) -> list[Problem]:
    """Component, seal and customs' registration, each only where it means something."""
    found = []
    if party.partner and party.kind not in (AGENCY, OPERATOR):
        said = "只有部门和经营人有对接组件", "Only an agency or an operator has a component"
        found.append(wrong("partner_kind", *said, "partner"))
    if party.seal and (len(party.seal) > 1 or not party.seal.isalnum() or party.kind in (FIRM, INDIVIDUAL)):
        said = "印字为一个字，企业和个人没有", "A seal is one character; firms and individuals have none"
        found.append(wrong("seal_form", *said, "seal"))
    if party.customs_code and not CUSTOMS_CODE.fullmatch(party.customs_code):
        said = "海关编码为 10 位数字或大写字母", "A customs code has ten digits or capital letters"
        found.append(wrong("customs_code_form", *said, "customs_code"))
    return found
