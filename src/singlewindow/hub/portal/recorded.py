"""What an entry of the journal says, in people's words: what it is about, what more, and who. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.hub.identity.roles import book
from singlewindow.hub.notice.telling import which_box
from singlewindow.hub.portal import names, states
from singlewindow.hub.portal.words import table
from singlewindow.hub.ui import moments
from singlewindow.kernel.clock import ZONE
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Order, Text

MOST_NAMED = 3  # objects of one composite
NOTHING = Text("", "")
Content = Mapping[str, Any]


class About(Struct, frozen=True):
    """A thing as people call it: of what kind it is, and its number or name, empty where it has none."""

    kind: Text
    number: str


@cache
def _facts() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = parse_yaml(
        Path(__file__).with_name("recorded.yaml").read_text("utf-8")
    )
    return loaded


def about(kind: str, content: Content) -> About:
    """What an entry is about: ``查验单 CY20261121000001``."""
    known = _facts()["subjects"].get(kind)
    if known is None:
        return About(Text(kind, kind), "")
    if kind == "lane":
        lane = _partner(content, "")
        return About(Text(f"{known['zh']} {lane.zh}".strip(), f"{known['en']} {lane.en}".strip()), "")
    told = {**_of(content, "facts"), **content}
    number = next((str(told[field]) for field in known["called"] if told.get(field)), "")
    return About(Text(known["zh"], known["en"]), number)


def actor(kind: str, id_: str, name: str) -> Text:
    """Who did it: partners by name, a part of the platform by what it does, people as they are called."""
    if kind == "component":
        return names.partner(id_).name
    known = _facts()["actors"].get(id_) if kind == "system" else None
    return Text(known["zh"], known["en"]) if known else Text(name, name)


def detail(verb: str, kind: str, actor_id: str, content: Content) -> Text:
    """What more an entry says than its verb: an agency's own word, the document, reason, containers."""
    say = _DETAILS.get(verb) or _DETAILS.get(kind)
    said = say(content, actor_id) if say else NOTHING
    return said if said.zh else _reason(content)


def _receipt(content: Content, partner: str) -> Text:
    stage = _facts()["stages"].get(str(content.get("stage", "")))
    if stage:
        return Text(stage["zh"], stage["en"])
    state = states.states().get(str(content.get("outcome", "")))
    known = names.partner(partner).letters.get(str(content.get("code", "")))
    return known or (state.word if state else NOTHING)


def _document(content: Content, _: str) -> Text:
    kind, partner = str(content.get("document", "")), str(content.get("partner", ""))
    if not kind or not partner:
        return NOTHING
    name, to = names.document(kind), names.partner(partner).name
    return Text(f"{name.zh} → {to.zh}", f"{name.en} → {to.en}")


def _restored(content: Content, _: str) -> Text:
    dump = str(content.get("dump", ""))
    at = f"{datetime.fromisoformat(str(content['since'])).astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    return Text(f"备份时间 {at}；SHA-256 {dump}", f"backed up at {at}; SHA-256 {dump}")


def _announcement(content: Content, _: str) -> Text:
    title, why = _of(content, "title"), str(content.get("reason", ""))
    zh, en = str(title.get("zh", "")), str(title.get("en", ""))
    return Text(f"{zh}；{why}", f"{en}; {why}") if why else Text(zh, en)


def _duty(content: Content, _: str) -> Text:
    return Text(str(content.get("text_zh", "")), str(content.get("text_en", "")))


def _ended(content: Content, _: str) -> Text:
    """Why a matter is settled, with the number that it was about where that says more."""
    why = _facts()["ended"].get(str(content.get("why", "")))
    number = str(content.get("number", ""))
    return Text(f"{number} {why['zh']}".strip(), f"{number} {why['en']}".strip()) if why else NOTHING


def _inspection(content: Content, _: str) -> Text:
    name, conclusion = str(content.get("name", "")), table()["conclusion"].get(str(content.get("conclusion")))
    more = _decided(content) or (conclusion.text if conclusion else done(content))
    return Text(f"{name} {more.zh}".strip(), f"{name} {more.en}".strip())


def done(content: Content) -> Text:
    """What was done to an inspection: an appointment set or called off, what was found or decided."""
    if decided := _decided(content):
        return decided
    if content.get("appointed") and content.get("appointed_at"):
        at, place = moments.appointment(datetime.fromisoformat(content["appointed_at"])), content["place"]
        return Text(f"{at.zh} {place}".strip(), f"{at.en} {place}".strip())
    found, known = content.get("found") or (), table()["result"]
    said = [(one["item"], known[one["result"]].text, one["note"]) for one in found]
    zh = [f"{item} {word.zh}" + (f"（{note}）" if note else "") for item, word, note in said]
    en = [f"{item} {word.en.lower()}" + (f" ({note})" if note else "") for item, word, note in said]
    if asks := content.get("asks"):
        why = str(content.get("reason", ""))
        zh, en = ([*asks, *each, *([why] if why else ())] for each in (zh, en))
    more = "…" if len(zh) > MOST_NAMED else ""
    return Text("；".join(zh[:MOST_NAMED]) + more, "; ".join(en[:MOST_NAMED]) + more)


def _decided(content: Content) -> Text | None:
    """What somebody decided and why: an appointment called off, a result recognised, a conclusion taken back,
    or another look."""
    reason = str(content.get("reason", ""))
    if content.get("called_off"):
        at = moments.appointment(datetime.fromisoformat(content["called_off"]))
        return Text(f"原约 {at.zh}：{reason}", f"it was {at.en}: {reason}")
    if content.get("taken_back"):
        return Text(reason, reason)
    if content.get("recognised"):
        return table()["conclusion"]["recognised"].text
    if content.get("reopened"):
        who = names.partner(str(content["reopened"])).name
        return Text(f"{who.zh}撤回结论", f"{who.en} takes its conclusion back")
    if content.get("again"):
        second, why = content["second"], content["again"]
        return Text(f"另开查验 {second}：{why}", f"inspected again, {second}: {why}")
    return None


def _release(content: Content, _: str) -> Text:
    numbers = " ".join(map(str, content.get("containers") or ()))
    name = numbers or str(content.get("name", ""))
    if content.get("change") == "renewed":
        return Text(f"换发 {name}", f"{name}, issued anew")
    return Text(name, name)


def _composite(content: Content, _: str) -> Text:
    known = table()["composite"]
    told = [
        (str(one.get("number", "")), known[one["disposition"]].text)
        for one in content.get("objects") or ()
        if one.get("disposition") in known
    ]
    more = "…" if len(told) > MOST_NAMED else ""
    shown = told[:MOST_NAMED]
    zh = "；".join(f"{number} {word.zh}".strip() for number, word in shown)
    en = "; ".join(f"{number} {word.en}".strip() for number, word in shown)
    return Text(zh + more, en + more)


def _instruction(content: Content, _: str) -> Text:
    """What was ordered on a screen, or taken back, and why."""
    orders = {order.name.lower(): table()["order"][str(int(order))].text for order in Order}
    said = orders.get(str(content.get("order", "")), NOTHING)
    number, why = str(content.get("number", "")), _reason(content)
    return Text(f"{said.zh} {number}：{why.zh}", f"{said.en} {number}: {why.en}")


def _gate(content: Content, _: str) -> Text:
    if reasons := content.get("reasons"):
        zh, en = "；".join(str(one[1]) for one in reasons), "; ".join(str(one[2]) for one in reasons)
        return Text(zh, en)
    plate = str(content.get("plate", ""))
    return Text(plate, plate)


def _pass(content: Content, _: str) -> Text:
    return which_box(content)


def _batch(content: Content, _: str) -> Text:
    number = len(content.get("messages") or ())
    return Text(f"{number} 份", f"{number}") if number else NOTHING


def _person(content: Content, _: str) -> Text:
    held = [book().roles[role].name for role in content.get("roles") or () if role in book().roles]
    return Text.listed(held)


def _mandate(content: Content, _: str) -> Text:
    return book().mandates.get(str(content.get("scope", "")), NOTHING)


def _partner(content: Content, _: str) -> Text:
    return names.partner(str(content["partner"])).name if content.get("partner") else NOTHING


def _laid_aside(content: Content, _: str) -> Text:
    partner, why = _partner(content, _), _reason(content)
    return Text(f"{partner.zh}：{why.zh}", f"{partner.en}: {why.en}")


def _reason(content: Content) -> Text:
    said = content.get("reason") or content.get("text") or ""
    return Text(said, said) if isinstance(said, str) else NOTHING


def _of(content: Content, field: str) -> Content:
    found = content.get(field)
    return found if isinstance(found, dict) else {}


# By verb, else by what the entry is about.
_DETAILS: dict[str, Callable[[Content, str], Text]] = {
    "receipt.received": _receipt,
    "document.issued": _document,
    "notice.issued": _document,
    "message.buried": _document,
    "message.laid_aside": _laid_aside,
    "duty.opened": _duty,
    "platform.restored": _restored,
    "task.ended": _ended,
    "instruction.given": _instruction,
    "instruction.withdrawn": _instruction,
    "composite.changed": _composite,
    "gate.barred": _pass,
    "gate.cleared": _pass,
    "announcement": _announcement,
    "inspection": _inspection,
    "release": _release,
    "gate": _gate,
    "batch": _batch,
    "person": _person,
    "mandate": _mandate,
    "message": _partner,
    "receipt": _partner,
}
