"""The components: each a tag over one small template under ``ui/parts``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from lucide.templatetags.lucide import lucide

from singlewindow.hub.ui import keys, moments
from singlewindow.hub.ui import menu as menus
from singlewindow.hub.ui.site import contact as published
from singlewindow.hub.ui.site import is_demonstration, operator, site_name
from singlewindow.hub.ui.templatetags.text import language, say
from singlewindow.kernel.messages import Text

register = template.Library()
KINDS = ("ok", "ins", "hold", "deny", "back", "run", "wait", "draft", "off", "warn")
MAX_PLAIN_DIGEST = 12
LONGEST_LETTER = 2  # of a code that is a letter, not a word
MOST_DRAWN = 2048  # components kept as they were drawn, most of them some 200 bytes


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A Lucide icon in the colour of the text; decoration, so hidden from screen readers."""
    return _icon(str(name), int(size))


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    drawn = lucide(name, size=size, stroke_width="1.75", aria_hidden="true", focusable="false")
    # Lucide draws from its own archive of icons, never from anything a user wrote.
    return mark_safe(drawn.replace("<svg", '<svg class="i"', 1))  # noqa: S308


@register.simple_tag
def status(
    kind: str, word: Any, letter: str = "", tag: bool = False, size: str = "", title: Any = ""
) -> SafeString:
    """Shape, word and colour; ``letter`` is the code on the wire, ``tag`` frames the page's subject."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is none of the ten status kinds")
    # A partner whose codes are words has said it in the word already; it stays in the title.
    shown = letter if len(letter) <= LONGEST_LETTER else ""
    said = title or (letter if not shown else "")
    return _drawn("status", kind=kind, word=word, letter=shown, tag=bool(tag), size=size, title=said)


@register.simple_tag
def seal(character: str, name: Any, state: str = "") -> SafeString:
    """An agency's one-character seal, never a colour; ``state`` is ``on``, ``off`` or empty."""
    return _drawn("seal", character=character, name=name, state=state)


@register.inclusion_tag("ui/parts/chip.html")
def chip(label: Any, value: str) -> dict[str, Any]:
    """A labelled number, never cut."""
    return {"label": label, "value": value}


@register.simple_tag
def who(stands: Sequence[tuple[Any, Any]]) -> SafeString:
    """Parties (seal, name) and how something stands with each (its state's kind, a word)."""
    drawn = (
        _drawn("who", seal=party.seal, name=party.name, kind=stand.state.kind, word=stand.word)
        for party, stand in stands
    )
    return SafeString("".join(one.rstrip() for one in drawn))


def _drawn(part: str, **values: Any) -> SafeString:
    """A component that nothing but its values decide on; what is said on the page's every line is drawn once.

    Joining makes plain text of what was safe: the template escapes each value, for all who are drawn it.
    """
    plain = {
        name: value if isinstance(value, bool) else "".join([say(value)]) for name, value in values.items()
    }
    return _part(part, **plain)


@lru_cache(maxsize=MOST_DRAWN)
def _part(part: str, **values: Any) -> SafeString:
    """A part whose values, the language among them where it says anything of its own, tell all of it."""
    return render_to_string(f"ui/parts/{part}.html", values)


@register.inclusion_tag("ui/parts/button.html")
def button(
    label: Any, icon: str = "", look: str = "", href: str = "", key: str = "", submit: bool = False
) -> dict[str, Any]:
    """A button, or with ``href`` a link that looks like one. ``look``: go, quiet, bad, sm, big."""
    return {"label": label, "icon": icon, "look": look, "href": href, "key": key, "submit": submit}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(entries: Sequence[dict[str, Any]], label: Any) -> dict[str, Any]:
    """Links of which one is current: mappings of href, name, count, current."""
    return {"entries": entries, "label": label}


@register.inclusion_tag("ui/parts/kv.html")
def kv(pairs: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    """Labels and values; pairs without a value are left out."""
    return {"pairs": [(label, value) for label, value in pairs if value not in (None, "")]}


@register.inclusion_tag("ui/parts/axis.html")
def axis(columns: Sequence[Any], tracks: str = "both") -> dict[str, Any]:
    """Events on one ordinal axis, documents above and logistics below."""
    return {"columns": columns, "tracks": tracks}


@register.inclusion_tag("ui/parts/empty.html")
def empty(icon: str, title: Any, text: Any = "", href: str = "", action: Any = "") -> dict[str, Any]:
    """A place with nothing in it: says why and what to do."""
    return {"icon": icon, "title": title, "text": text, "href": href, "action": action}


@register.simple_block_tag(takes_context=True)
def panel(
    context: Context, content: str, title: Any, note: Any = "", name: str = "", level: int = 2
) -> SafeString:
    """A framed part of a page with a heading; ``name`` makes it addressable."""
    values = {"content": content, "title": title, "note": note, "name": name, "level": level}
    return render_to_string("ui/parts/panel.html", values)


@register.simple_tag
def keyboard() -> SafeString:
    """The table of keys, which F1 or ? opens on every page."""
    return _part("keyboard", language=language(), places=keys.promised())


@register.inclusion_tag("ui/parts/keys_beside.html")
def keys_beside() -> dict[str, Any]:
    """The keys that one fills a form in with, out of the same table."""
    return {"keys": keys.beside()}


@register.simple_block_tag
def banner(content: str, kind: str = "warn") -> SafeString:
    """A problem that concerns the whole page; says what still works."""
    return format_html('<div class="banner {} i-s-{}" role="status"><div>{}</div></div>', kind, kind, content)


@register.simple_tag(takes_context=True)
def menu(context: Context) -> SafeString:
    """The menu of the viewer, the page's own line marked."""
    request = context["request"]
    viewer = getattr(request, "viewer", None)
    match = request.resolver_match
    groups = menus.groups(viewer.permissions if viewer else frozenset())
    route = match.view_name if match else ""
    return _part("menu", language=language(), groups=tuple(groups), route=route)


@register.filter
def holds(entry: menus.Entry, route: str) -> bool:
    """Whether a page belongs under a menu line."""
    return entry.holds(route)


@register.simple_tag
def site() -> Text:
    """The name of this Single Window, for ``{% site as name %}``."""
    return site_name()


@register.simple_tag
def run_by() -> Text:
    """Who runs it."""
    return operator()


@register.simple_tag
def contact() -> tuple[tuple[Text, Text], ...]:
    """What the operator publishes of itself: name and words, empty where it has not yet."""
    return published()


@register.simple_tag
def demonstration() -> bool:
    """Whether the data is made up."""
    return is_demonstration()


@register.filter
def options(command: str) -> SafeString:
    """A command whose lines break before an option, never within its dashes."""
    first, *rest = command.split(" --")
    parts = ((part,) for part in (first, *(f"--{option}" for option in rest)))
    return format_html_join(" ", '<span class="opt">{}</span>', parts)


@register.filter
def stamp(at: datetime) -> str:
    """``2026-11-18 09:53:08``."""
    return moments.stamp(at)


@register.filter
def clock(at: datetime) -> str:
    """``09:53:08``."""
    return moments.clock_time(at, seconds=True)


@register.filter
def lately(at: datetime) -> str:
    """``09:53:08`` today, else the day as well."""
    return moments.clock_time(at, seconds=True) if localdate(at) == localdate() else moments.stamp(at)


@register.filter
def digest(value: str) -> str:
    """``3f9a…c1`` for people; the whole digest belongs into the title beside it."""
    return f"{value[:4]}…{value[-2:]}" if len(value) > MAX_PLAIN_DIGEST else value
