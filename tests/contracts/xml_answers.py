"""What who sends XML is answered, read as its own software would: well-formed, by the names of elements."""

from __future__ import annotations

from typing import Any

from lxml import etree

from singlewindow.connectors.customs.codec import decode
from singlewindow.kernel.messages import Outcome, Stage

OWN, PROBLEM, XML = "DecImportResponse", "application/problem+xml", "application/xml; charset=utf-8"
ROOTS = (b"DecMessage", b"ImportMessage", b"DxpMsg")
LISTS = ("problems", "warnings")


def speaks_xml(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def content_of(body: bytes, said: bytes, media: str) -> dict[str, Any]:
    """The receipt or problem details in the answer to a body; of a DecMessage the format's own response."""
    root = etree.fromstring(said)
    if not any(name in body[:1_000] for name in ROOTS):
        assert (media, name_of(root)) == (PROBLEM, "problem")
        return dict(plain(root))
    assert (media, name_of(root)) == (XML, OWN)
    content = dict(plain(root[-1]))
    texts = {name_of(child): child.text or "" for child in root}
    taken = name_of(root[-1]) == "receipt"
    assert texts["ResponseCode"] == ("0" if taken else content["status"])
    assert bool(texts["ErrorMessage"]) is not taken
    for problem in content.get("problems", []):
        assert all(
            problem[said][language] in "".join(texts["ErrorMessage"].split("\r"))
            for said in ("text", "remedy")
            for language in ("zh", "en")
        ), problem
    if texts["ClientSeqNo"]:  # then it is a technical receipt as any reader of the format knows it
        [receipt] = decode(said)
        expected = Outcome.ACCEPTED if taken else Outcome.REFUSED
        assert (receipt.about, receipt.stage, receipt.outcome) == (
            texts["ClientSeqNo"],
            Stage.TECHNICAL,
            expected,
        )
    return content


def plain(element: Any) -> Any:
    """An element as the JSON value that it stands for, numbers as texts."""
    if name_of(element) in LISTS:
        assert all(name_of(child) == "i" for child in element)
        return [plain(child) for child in element]
    if len(element):
        return {name_of(child): plain(child) for child in element}
    return element.text or ""


def name_of(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
