"""Requests whose body was not read to its end, and methods that no page takes: refused in words."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from singlewindow.hub.documents.decoding import MOST_BYTES as MOST_OF_A_DOCUMENT
from singlewindow.hub.exchange.doors.refusals import BUSY, TOO_SLOW
from singlewindow.hub.identity import refusals
from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.bounded import MOST_BYTES, UNREAD, Why
from singlewindow.server.entrance import MOST_BYTES as MOST_OF_A_FORM

_MB, _KIB, _MIB = 1_000_000, 1024, 1024 * 1024
REASONS = {
    Why.TOO_LARGE: (
        413,
        Problem(
            "too_large",
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
            "too_large",
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
    Why.BROKEN: (
        400,
        Problem(
            "broken_off",
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
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            return _not_this_method(request, response)
        return response

    return answered


def _not_this_method(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = refusals.refused(request, 405, refusals.METHOD)
    said["Allow"] = response["Allow"]
    return said
