"""How a sender is answered: in JSON, who sends XML in XML, by the format's own response if it has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from singlewindow.hub.documents.decoding import begins_as_xml
from singlewindow.hub.exchange.submission import Reader
from singlewindow.kernel.xml_answers import PROLOG, element

Header = tuple[bytes, bytes]
JSON, XML = b"application/json", b"application/xml; charset=utf-8"
PROBLEM_JSON, PROBLEM_XML = b"application/problem+json", b"application/problem+xml"
_JSON = msgspec.json.Encoder()


class Answer(msgspec.Struct, frozen=True):
    """Status, body and headers of one response."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()


class Said(msgspec.Struct, frozen=True):
    """What a sender is told before it is written: a receipt, problem details, or what a check found."""

    status: int
    content: dict[str, Any]
    headers: tuple[Header, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it is no refusal."""
        return self.status < 400

    @property
    def name(self) -> str:
        """What it is, as an element."""
        return ("finding" if "fit" in self.content else "receipt") if self.taken else "problem"


class Asked(msgspec.Struct):
    """A request as far as it is known yet; ``body`` is its beginning until all of it has come."""

    headers: Mapping[str, str]
    readers: tuple[Reader, ...] = ()
    body: bytes = b""
    query: str = ""

    @property
    def language(self) -> str:
        """Which language titles are in: Chinese, unless English is liked better (RFC 9110, 12.5.4)."""
        liked = self.headers.get("accept-language", "")
        return "en" if _weight(liked, _is("en")) > _weight(liked, _is("zh")) else "zh"

    @property
    def in_xml(self) -> bool:
        """Whether the sender speaks XML and has not asked to be answered in JSON."""
        if self.body.startswith(b"{"):
            return False
        xml = begins_as_xml(self.body) or "xml" in self.headers.get("content-type", "").lower()
        return xml and not _rather_json(self.headers.get("accept", ""))


def written(said: Said, asked: Asked) -> Answer:
    """The answer as bytes with its media type; the status is the same in every manner."""
    if not asked.in_xml:
        return _answer(said, JSON if said.taken else PROBLEM_JSON, _JSON.encode(said.content))
    reader = next((each for each in asked.readers if each.respond and each.recognises(asked.body)), None)
    if reader is not None and reader.respond is not None:
        return _answer(said, XML, reader.respond(asked.body, said.name, said.status, said.content))
    media = XML if said.taken else PROBLEM_XML
    return _answer(said, media, (PROLOG + element(said.name, said.content)).encode())


def _answer(said: Said, media: bytes, body: bytes) -> Answer:
    return Answer(said.status, body, ((b"content-type", media), *said.headers))


def _rather_json(accept: str) -> bool:
    """Whether an ``Accept`` header names JSON, and names it above XML (RFC 9110, 12.5.1)."""
    return _weight(accept, lambda media: "json" in media) > _weight(accept, lambda media: "xml" in media)


def _weight(accept: str, fits: Callable[[str], bool]) -> float:
    """The highest quality of what a header names that fits."""
    ranges = (each.lower().partition(";") for each in accept.split(","))
    return max((_quality(rest) for named, _, rest in ranges if fits(named.strip())), default=0.0)


def _is(language: str) -> Callable[[str], bool]:
    return lambda tag: tag.partition("-")[0] == language


def _quality(parameters: str) -> float:
    given = next((each.strip()[2:] for each in parameters.split(";") if each.strip().startswith("q=")), "1")
    return float(given) if given.replace(".", "", 1).isdecimal() and given.isascii() else 0.0
