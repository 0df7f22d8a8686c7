"""Requests whose body is not read, or not to its end, and methods that no page takes: refused in words."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from singlewindow.hub.documents.decoding import MOST_BYTES as MOST_OF_A_DOCUMENT
from singlewindow.hub.exchange.doors import charset
from singlewindow.hub.exchange.doors.refusals import BUSY, ENCODED, TOO_MUCH, TOO_SLOW, Refusal, encoded
from singlewindow.hub.identity import refusals
from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.bounded import (
    LONGEST_ADDRESS,
    LONGEST_HEADERS,
    MOST_BYTES,
    MOST_HEADERS,
    UNREAD,
    Why,
)
from singlewindow.server.entrance import MOST_BYTES as MOST_OF_A_FORM

READING = ("GET", "HEAD")  # whose bodies nobody reads
_MB, _KIB, _MIB = 1_000_000, 1024, 1024 * 1024
REASONS = {
    Why.ADDRESS_TOO_LONG: (
        414,
        Problem(
            "request.address_too_long",
            Text(
                f"网址超过 {LONGEST_ADDRESS // _KIB} KB，没有办理",
                f"The address is longer than {LONGEST_ADDRESS // _KIB} KB; nothing was done",
            ),
            "address",
            remedy=Text(
                "请从页面重新打开；程序请减少查询条件，内容放在正文里",
                "Open it again from a page; programs: ask with fewer filters, send content in the body",
            ),
        ),
    ),
    Why.HEADERS_TOO_LARGE: (
        431,
        Problem(
            "request.headers_too_large",
            Text(
                f"请求头超过 {MOST_HEADERS} 个或 {LONGEST_HEADERS // _KIB} KB，没有办理",
                f"There are more than {MOST_HEADERS} headers or {LONGEST_HEADERS // _KIB} KB of them;"
                " nothing was done",
            ),
            "headers",
            remedy=Text(
                "请清除本站的 Cookie 后重试；程序请只附上所需的请求头",
                "Clear this site's cookies and try again; programs: send only the headers that are needed",
            ),
        ),
    ),
    Why.TOO_LARGE: (
        413,
        Problem(
            "request.too_large",
            Text(
                f"发送的内容超过 {MOST_BYTES // _MB} MB，没有办理",
                f"What was sent is larger than {MOST_BYTES // _MB} MB; nothing was done",
            ),
            "body",
            remedy=Text(
                f"请减少内容或分几次发送；一份单证不超过 {MOST_OF_A_DOCUMENT // _MIB} MB",
                f"Send less, or in parts; a document has at most {MOST_OF_A_DOCUMENT // _MIB} MB",
            ),
        ),
    ),
    Why.FORM_TOO_LARGE: (
        413,
        Problem(
            "request.too_large",
            Text(
                f"登录或密码表单超过 {MOST_OF_A_FORM // _KIB} KB，没有办理",
                f"A form with a password is larger than {MOST_OF_A_FORM // _KIB} KB; nothing was done",
            ),
            "body",
            remedy=Text(
                "请回到原页，只填用户名和密码", "Go back to the page and fill in name and password alone"
            ),
        ),
    ),
    Why.TOO_SLOW: (TOO_SLOW.status, TOO_SLOW.problem),
    Why.NO_ROOM: (BUSY.status, BUSY.problem),
    Why.SHARE_TAKEN: (TOO_MUCH.status, TOO_MUCH.problem),
    Why.BROKEN: (
        400,
        Problem(
            "request.broken_off",
            Text(
                "内容没有传完就中断了，没有办理", "What was sent broke off before its end; nothing was done"
            ),
            "body",
            remedy=Text(
                "请检查网络后重发；分块传输须符合 RFC 9112",
                "Check the line and send it again; chunks must be as RFC 9112 has them",
            ),
        ),
    ),
}


def refused(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware, before anybody is recognised: half a body is nobody's wish."""

    def answered(request: HttpRequest) -> HttpResponse:
        why = getattr(request, "scope", {}).get(UNREAD)
        if why is not None:
            return refusals.refused(request, *REASONS[why])
        if request.method not in READING and (unfit := _unfit(request)) is not None:
            return _told(request, unfit)
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            return _not_this_method(request, response)
        return response

    return answered


def _unfit(request: HttpRequest) -> Refusal | None:
    """A coding that is undone nowhere, or characters that are not read: forms in some end in a fault."""
    if encoded(request.headers.get("Content-Encoding", "")):
        return ENCODED
    return charset.unfit(request.headers.get("Content-Type", ""))


def _told(request: HttpRequest, unfit: Refusal) -> HttpResponse:
    said = refusals.refused(request, unfit.status, unfit.problem)
    for name, value in unfit.headers:
        said[name.decode().title()] = value.decode()
    return said


def _not_this_method(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = refusals.refused(request, 405, refusals.METHOD)
    said["Allow"] = response["Allow"]
    return said
