"""Settings of wires: every bound holds at its edge, and all that is wrong is said at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from singlewindow.hub.exchange.transports import http, sftp_endpoint
from singlewindow.hub.exchange.transports.endpoint import Endpoint, Unfit, read, settings

HTTP = {"url": "https://a.example/messages", "token": "secret"}
SFTP = {"host": "a.example", "port": 22, "user": "us", "client_key": "/k", "host_key": "ssh-ed25519 AAAA"}
WIRES: dict[str, tuple[type[Endpoint], dict[str, Any]]] = {
    "http": (http.Endpoint, HTTP),
    "sftp": (sftp_endpoint.Endpoint, SFTP),
}


def wrong(wire: str, **more: Any) -> list[str]:
    """The settings that are complained of."""
    kind, least = WIRES[wire]
    try:
        read(kind, least | more)
    except Unfit as error:
        return [problem.field for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("wire", "name", "fits", "fails"),
    [
        ("http", "connect_timeout_s", [0.1, 10, 10.0], [0, 0.09, 10.1, True, "5"]),
        ("http", "read_timeout_s", [0.1, 45], [0.09, 45.1, float("nan"), float("inf")]),
        ("http", "max_body", [1_000, 20_000_000], [999, 20_000_001, 5_000.5]),
        ("http", "wait_ms", [0, 5_000], [-1, 5_001]),
        ("http", "token", ["x", "x" * 1_000], ["", "x" * 1_001, "a b", "a\nb", "令牌", 7]),
        ("http", "ca", ["/ca.pem"], ["", 7]),
        ("http", "plain_http", [True, False], ["yes", 1]),
        ("http", "media", ["application/json", "text/xml; charset=utf-8"], ["json", "a/b\r\nX: y", ""]),
        ("http", "url", ["https://[::1]:8443/x", "http://127.0.0.1/"], [
            "", "a.example", "ftp://a.example/", "http://a.example/", "https://a.example:99999/",
            "https://us:pw@a.example/", "https:///x", "https://[/",
        ]),
        ("http", "receipts", ["receipts", "/other"], ["https://b.example/", "//b.example/x", ""]),
        ("sftp", "port", [1, 65_535], [0, 65_536, "22", 22.5]),
        ("sftp", "connect_timeout_s", [0.1, 10], [0, 11]),
        ("sftp", "operation_timeout_s", [0.1, 45], [0, 46]),
        ("sftp", "host_key", ["ecdsa-sha2-nistp256 AAAA= host\n"], ["/keys/host.pub", "ssh-ed25519", ""]),
        ("sftp", "aside", ["Aside", "Other"], ["", "InBox", "InBox/"]),
        ("sftp", "done", ["", "Done"], ["InBox", 7]),
        ("sftp", "outbox", ["Out"], ["", "InBox"]),
    ],
)  # fmt: skip
def test_a_value_fits_within_its_bounds_alone(
    wire: str, name: str, fits: list[Any], fails: list[Any]
) -> None:
    assert [value for value in fits if wrong(wire, **{name: value})] == []
    assert [value for value in fails if wrong(wire, **{name: value}) != [name]] == []


def test_plain_http_is_allowed_by_name() -> None:
    assert wrong("http", url="http://10.0.0.7/", plain_http=True) == []


def test_all_that_is_wrong_is_said_at_once_and_no_secret_is_repeated() -> None:
    given = {"url": "http://a.example/", "tokn": "s3cret", "token": "s3 cret", "read_timeout_s": 90}
    with pytest.raises(Unfit) as refused:
        read(http.Endpoint, given)
    problems = {problem.field: problem for problem in refused.value.problems}
    assert problems.keys() == {"tokn", "token", "read_timeout_s"}, (
        "a wire without a token is not looked at whole"
    )
    assert problems["read_timeout_s"].value == "90"
    assert "0.1 to 45" in problems["read_timeout_s"].remedy.en
    assert {"url", "plain_http", "max_body"} <= set(re.findall(r"\w+", problems["tokn"].remedy.zh))
    assert "s3" not in str(refused.value.problems)
    assert wrong("http", urll="x", wait_ms=9_999, url="http://a.example/") == ["urll", "wait_ms", "url"]


def test_what_must_be_given_is_asked_for() -> None:
    for kind, least in WIRES.values():
        assert {name for name, one in settings(kind).items() if one.required} == least.keys()
        with pytest.raises(Unfit) as refused:
            read(kind, {})
        assert [problem.field for problem in refused.value.problems] == list(least)
        assert {problem.code for problem in refused.value.problems} == {"endpoint.missing"}
