"""What every page has to hold to: links lead somewhere, fields have names, text can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from lxml import html

import plain_django  # noqa: F401 - before what needs it
import pressed
from singlewindow.server.urls import urlpatterns

FIELDS = "//input[not(@type='hidden')] | //select | //textarea"
FAINT = (Path(__file__).parent / "faint.js").read_text("utf-8").partition("*/")[2].strip()
VARIABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
PATHS = URLResolver(RegexPattern(r"^/"), urlpatterns)
# Headings, labels, buttons and what is read aloud: words of the platform's own, in the language of the page.
OWN_WORDS = (
    "//h2 | //h3 | //th[not(@scope='row')] | //label | //legend | //button | //summary | //dt | //kbd"
    " | //nav//a | //header//a | //footer//a | //a[contains-token(@class, 'btn')]"
)
READ_ALOUD = "//@placeholder | //@aria-label | //button/@title | //a/@title | //@data-sure | //@data-announce"
# Within them, what users, agencies or other systems wrote, words in their own language, and the seals:
# an agency's one character is its sign, beside its name.
WRITTEN = (
    "ancestor-or-self::*[@lang='zh-Hans' or contains-token(@class, 'said') or contains-token(@class, 'seal')]"
)
HAN = re.compile("[\u3400-\u9fff]")


def shape(address: str) -> str:
    """The route that answers an address, which is one for all things of one kind."""
    path = urlsplit(address).path
    try:
        return PATHS.resolve(path).route or "/"
    except Resolver404:
        return VARIABLE.sub("…", path)


@cache
def kinds(address: str) -> frozenset[str]:
    """What an address shows of its route: the page, and what it is with each of its parameters alone.

    Parameters are not combined: filters of a list would make more kinds than there are pages.
    """
    names = {pair.split("=")[0] for pair in urlsplit(address).query.split("&") if pair}
    return frozenset((shape(address), *(f"{shape(address)}?{name}" for name in names)))


def links(page: Any, base: str) -> Iterator[str]:
    """Where a page leads within the platform, by following."""
    for found in (*page.xpath("//a[@href]/@href"), *page.xpath("//*[@hx-get]/@hx-get")):
        address = urljoin(base, found)
        if urlsplit(address).netloc == urlsplit(base).netloc:
            yield address.partition("#")[0]


def forms(page: Any, base: str) -> Iterator[tuple[str, str]]:
    """Method and address of every form, and of buttons that send it elsewhere."""
    for form in page.xpath("//form"):
        method = (form.get("method") or "get").lower()
        if method != "dialog":
            yield method, urljoin(base, form.get("action") or base)
    for button in page.xpath("//*[@formaction]"):
        yield "post", urljoin(base, button.get("formaction"))


def as_they_stand(page: Any, base: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, address and fields of every form as it is sent untouched, by each of its buttons."""
    for form in page.xpath("//form[not(@method='dialog')]"):
        method, fields = (form.get("method") or "get").lower(), dict(form.form_values())
        yield method, urljoin(base, form.get("action") or base), fields
        inside = form.xpath(".//button[@formaction or @name]")
        for button in inside + page.xpath(
            "//button[@form=$id][@formaction or @name]", id=form.get("id") or "-"
        ):
            if button.get("disabled") is None:
                named = {button.get("name"): button.get("value") or ""} if button.get("name") else {}
                where = button.get("formaction") or form.get("action") or base
                yield method, urljoin(base, where), fields | named


def dead_ends(page: Any) -> list[str]:
    """Links to nowhere and buttons that nothing answers."""
    ids = set(page.xpath("//@id"))
    found = [
        f"link without address: {_text(a)!r}" for a in page.xpath("//a[not(@href) or @href='' or @href='#']")
    ]
    anchors = page.xpath("//a[starts-with(@href, '#')]/@href")
    found += [f"link to nowhere: {one}" for one in anchors if one[1:] not in ids]
    found += [f"form {name!r} that is not there" for name in page.xpath("//@form") if name not in ids]
    for button in page.xpath("//button"):
        in_form = button.get("form") or button.xpath("ancestor::form")
        sends = in_form and button.get("type", "submit") == "submit"
        if not sends and pressed.answered().isdisjoint(button.attrib):
            found.append(f"button that does nothing: {_text(button)!r}")
    return found


def unnamed(page: Any) -> list[str]:
    """Fields without a label, pictures without words, buttons and links that say nothing."""
    labelled = set(page.xpath("//label/@for"))
    found = []
    for field in page.xpath(FIELDS):
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled
        if not named and not field.xpath("ancestor::label"):
            found.append(f"no label: {field.get('name') or field.get('id')}")
    found += [f"no alt: {image.get('src')}" for image in page.xpath("//img[not(@alt)]")]
    for spoken in page.xpath("//button[not(@hidden)] | //a[@href] | //summary"):
        if not _text(spoken) and not spoken.get("aria-label") and not spoken.get("title"):
            found.append(f"says nothing: {html.tostring(spoken)[:80]!r}")
    return found


def out_of_order(page: Any) -> list[str]:
    """What breaks the order of the keyboard or the outline: tab stops of its own, ids twice, no heading."""
    found = [f"tabindex {value}" for value in page.xpath("//@tabindex") if int(value) > 0]
    ids = page.xpath("//@id")
    found += [f"id twice: {one}" for one in {one for one in ids if ids.count(one) > 1}]
    if len(page.xpath("//h1")) != 1:
        found.append(f"{len(page.xpath('//h1'))} main headings")
    for reference in page.xpath("//@aria-labelledby | //@aria-describedby | //@aria-controls"):
        found += [f"names #{one}, which is not there" for one in reference.split() if one not in ids]
    return found


def _text(element: Any) -> str:
    return " ".join(element.text_content().split())


def foreign(page: Any) -> list[str]:
    """Chinese in the platform's own words on a page in English."""
    texts = [
        text
        for element in page.xpath(_tokens(OWN_WORDS))
        for text in element.xpath(".//text()")
        if not _around(text).xpath(_tokens(WRITTEN))
    ]
    return [" ".join(text.split()) for text in (*texts, *page.xpath(READ_ALOUD)) if HAN.search(text)]


def _around(text: Any) -> Any:
    return text.getparent().getparent() if text.is_tail else text.getparent()


def _tokens(path: str) -> str:
    """XPath 1 knows no ``contains-token``."""
    spaced = r"contains(concat(' ', normalize-space(\1), ' '), ' \2 ')"
    return re.sub(r"contains-token\((@\w+), '(\w+)'\)", spaced, path)
