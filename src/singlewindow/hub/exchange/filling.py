"""What the platform fills in of a document itself: who hands it in (录入单位), as identity knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from singlewindow.hub.documents.checking import Checked
from singlewindow.hub.documents.definition import Field
from singlewindow.hub.documents.faults import NOT_YOURS, shown
from singlewindow.hub.documents.forms import form_of
from singlewindow.hub.identity.directory import Directory, Party
from singlewindow.kernel.messages import Actor, Document, Problem, Text

CARD = "input_card_number"
# By data element. Whoever acts under a token is called by the token's name, the only one known of them.
FACTS: Mapping[str, Callable[[Party, Actor], str]] = {
    "input_party_code": lambda party, actor: party.code,
    "input_party_customs_code": lambda party, actor: party.customs_code,
    "input_party_name": lambda party, actor: party.name.zh,
    "input_person_name": lambda party, actor: actor.name,
}


def facts(
    fields: Iterable[Field], party: Party, actor: Actor, directory: Directory, stated: str = ""
) -> dict[str, str]:
    """The values of those fields that identity knows; one that does not fit its element is left out.

    ``stated`` is the card that the sender names.
    """
    found = {}
    for field in fields:
        code = field.element.code
        fact = _card(party, actor, directory, stated) if code == CARD else _fact(code, party, actor)
        value = form_of(field.element.representation).settle(fact) if fact else ""
        if value:
            found[field.name] = value
    return found


def _fact(code: str, party: Party, actor: Actor) -> str:
    return FACTS[code](party, actor) if code in FACTS else ""


def _card(party: Party, actor: Actor, directory: Directory, stated: str) -> str:
    """Whose card is known: a person's own, or the one of its people that a party's system names."""
    if actor.kind == "person":
        own = directory.card_of(actor.id, party.id)
        return own.number if own else ""
    named = directory.card(stated)
    return stated if named and named.works and named.party == party.id else ""


def card_problems(
    filled: Mapping[str, str], actor: Actor, directory: Directory, stated: str
) -> list[Problem]:
    """A card beside one's own, a colleague's, or that of somebody who has left is refused, not replaced.

    A card stands for the person who answers to customs: put right in silence, it would hide that somebody
    works under another's sign-in or card. One that nobody of the party is known to hold is put aside with a
    warning, another party's like nobody's: the answer must not tell whose people hold which cards.
    """
    named = directory.card(stated)
    elsewhere = filled.get(CARD) or (named and named.party == actor.party)
    if not stated or not elsewhere or filled.get(CARD) == stated:
        return []
    zh, en = (
        ("登录人本人", "the person signed in")
        if actor.kind == "person"
        else ("本单位在职人员", "anybody who works for this party")
    )
    text = Text(
        f"录入员卡号“{shown(stated)}”不是{zh}的卡", f"the clerk's card “{shown(stated)}” is not held by {en}"
    )
    remedy = Text(
        "请由持卡人本人登录申报，或去掉卡号由平台填入；卡号有误的，请本单位管理员在“人员”中更正",
        "let the holder sign in and hand it in, or leave the number to the platform; an administrator of the"
        " party corrects it under “People”",
    )
    return [Problem("card_not_yours", text, CARD, shown(stated), remedy)]


def completed(document: Document, filled: Mapping[str, str]) -> Document:
    """The document with what the platform filled in, as receivers get it."""
    return replace(document, values={**document.values, **filled}) if filled else document


def agreed(checked: Checked, filled: Mapping[str, str]) -> Checked:
    """Without a word on what a sender filled in the platform's place, and filled in alike."""
    if not checked.problems:
        return checked
    extension = checked.document.extension

    def alike(problem: Problem) -> bool:
        return problem.code == NOT_YOURS and extension.get(problem.field) == filled.get(problem.field, "")

    same = {problem.field for problem in checked.problems if alike(problem)}
    left = {path: value for path, value in extension.items() if path not in same}
    return replace(
        checked,
        problems=tuple(problem for problem in checked.problems if not alike(problem)),
        document=replace(checked.document, extension=left),
    )
