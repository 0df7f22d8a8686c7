"""How a request is refused: a page for people, RFC 9457 problem details for programs."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_details

# “No right” and “does not exist” are one answer, word for word.
NOT_FOUND = Problem(
    "request.not_found",
    Text("没有这项内容，或您无权查看", "There is no such thing, or you may not see it"),
    remedy=Text(
        "请核对地址；如需权限，联系本单位管理员", "Check the address; for a right ask your administrator"
    ),
)
NOT_SIGNED_IN = Problem(
    "request.not_signed_in",
    Text("请先登录，或附上有效的访问令牌", "Sign in first, or send a valid access token"),
    remedy=Text("Authorization: Bearer sw_…", "Authorization: Bearer sw_…"),
)
UNAVAILABLE = Problem(
    "request.unavailable",
    Text("身份信息暂时无法核对", "Identity cannot be verified at the moment"),
    remedy=Text("请稍后重试", "Try again shortly"),
)


def by_program(request: HttpRequest) -> bool:
    """Whether the answer is read by a program rather than shown to somebody."""
    return (
        "Authorization" in request.headers
        or request.path.startswith("/api/")
        or not request.accepts("text/html")
    )


def answer(status: int, *problems: Problem) -> HttpResponse:
    """Problem details over every problem found."""
    body = problem_details(status, problems, get_language() or "zh-hans")
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """The one answer for what is not there and what may not be seen; raises Http404 for pages."""
    if by_program(request):
        return answer(404, NOT_FOUND)
    raise Http404


def not_signed_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; 401 for programs and for parts of a page.

    A part that nobody asked for, on a page that may hold what somebody typed, asks to stay (``SW-Quiet``).
    """
    if request.headers.get("SW-Quiet"):
        return HttpResponse(status=401)
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in(_local(here.path, here.query))})
    if by_program(request):
        response = answer(401, NOT_SIGNED_IN)
        response["WWW-Authenticate"] = "Bearer"
        return response
    return HttpResponseRedirect(_sign_in(request.get_full_path() if request.method == "GET" else ""))


def safe_next(wanted: str) -> str:
    """A path of this site to go on to; the entry if the wanted one leads elsewhere."""
    fits = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if fits and len(wanted) <= 2000 else "/"


def _local(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _sign_in(wanted: str) -> str:
    page, target = reverse("identity:sign_in"), safe_next(wanted)
    return page if target == "/" else f"{page}?{urlencode({'next': target})}"
