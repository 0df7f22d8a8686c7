"""How a request is refused: a page for people, RFC 9457 problem details for programs."""

from __future__ import annotations

from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from singlewindow.hub.journal.looking_up import LONGEST_S
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_details

PUBLIC = "ui/base_public.html"  # the frame of pages that ask nothing of the data base
AGAIN_S = "2"  # after which to ask again what was not available
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
NOT_FROM_HERE = Problem(
    "request.not_from_here",
    Text("这一页已过时，刚才提交的内容没有办理", "This page is out of date; what you sent was not done"),
    remedy=Text(
        "请回到原页重新打开，再办理一次；浏览器须允许本站的 Cookie",
        "Open the page again and repeat it; the browser has to allow this site's cookies",
    ),
)
# Why somebody has to sign in, told on the sign-in page by these names.
ENDED, UNDONE = "ended", "undone"
WHY = {
    ENDED: Text(
        "登录已过期，请重新登录，再回到刚才的页面", "Your session has ended. Sign in to return to your page"
    ),
    UNDONE: Text(
        "登录已过期，刚才提交的内容没有办理。请重新登录，回到原页再办理一次",
        "Your session has ended and what you sent was not done. Sign in, return to the page and repeat it",
    ),
}
UNAVAILABLE = Problem(
    "request.unavailable",
    Text("身份信息暂时无法核对", "Identity cannot be verified at the moment"),
    remedy=Text("请稍后重试", "Try again shortly"),
)
TOO_LONG = Problem(
    "request.too_long",
    Text(
        f"数据库 {LONGEST_S} 秒内没有答复，已停止查询，没有办理",
        f"The database did not answer within {LONGEST_S} seconds; it was stopped and nothing was done",
    ),
    remedy=Text(
        "请缩小范围（单号、箱号、日期）或稍后重试；程序请用同一键重试",
        "Ask for less, by a number or a period, or try again shortly; programs: under the same key",
    ),
)
MALFORMED = Problem(
    "request.malformed",
    Text("请求无法识别，没有办理", "The request cannot be read; nothing was done"),
    remedy=Text(
        "请重新打开原页再办理一次；程序请对照 /api/v1/openapi.json",
        "Open the page again and repeat it; programs: see /api/v1/openapi.json",
    ),
)
OTHER_HOST = Problem(
    "request.other_host",
    Text("本站不在这个网址提供服务", "This site does not answer under this address"),
    "host",
    remedy=Text(
        "请使用运维公布的网址；运维可在配置项 hosts 中增加网址",
        "Use the address that the operators announce; they add others under hosts in the configuration",
    ),
)
METHOD = Problem(
    "request.method",
    Text("此处不接受这种请求方法", "This method is not accepted here"),
    remedy=Text("请回到原页再办理", "Go back to the page and do it there"),
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
    if status in (429, 503):
        response["Retry-After"] = AGAIN_S
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """The one answer for what is not there and what may not be seen; raises Http404 for pages."""
    if by_program(request):
        return answer(404, NOT_FOUND)
    raise Http404


def not_signed_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; 401 for programs and for parts of a page.

    A part that nobody asked for, on a page that may hold what somebody typed, asks to stay (``SW-Quiet``).
    What was sent is not done and cannot be repeated by itself: the way back leads to the page it came from.
    """
    if request.headers.get("SW-Quiet"):
        return HttpResponse(status=401)
    known = settings.SESSION_COOKIE_NAME in request.COOKIES
    if request.headers.get("HX-Request"):
        here = _path(request.headers.get("HX-Current-URL", ""))
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in(here, ENDED if known else "")})
    if by_program(request):
        response = answer(401, NOT_SIGNED_IN)
        response["WWW-Authenticate"] = "Bearer"
        return response
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(_sign_in(request.get_full_path(), ENDED if known else ""))
    return HttpResponseRedirect(_sign_in(came_from(request), UNDONE))


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: what was sent by a page that is not ours, or too old, is not done."""
    return refused(request, 403, NOT_FROM_HERE)


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400: what cannot be read as a request, or comes under an address that is not ours."""
    return refused(request, 400, OTHER_HOST if isinstance(exception, DisallowedHost) else MALFORMED)


def not_there(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: there is nothing to see."""
    return render(request, "404.html", {"frame": _frame(request)}, status=404)


def refused(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
    """One problem, as a page with the way back or for programs."""
    if by_program(request):
        return answer(status, problem)
    back = "/" if problem is OTHER_HOST else came_from(request)
    frame = PUBLIC if problem is TOO_LONG else _frame(request)  # the menu would ask the data base
    values = {"problem": problem, "back": back, "frame": frame}
    return render(request, "identity/refused.html", values, status=status)


def _frame(request: HttpRequest) -> str:
    """Who is signed in keeps the menu beside what is refused."""
    return "ui/base.html" if getattr(request, "person", None) else PUBLIC


def came_from(request: HttpRequest) -> str:
    """The page of this site that sent the request; the entry if it was none."""
    sent_by = request.headers.get("Referer", "")
    return safe_next(_path(sent_by)) if parts_of(sent_by).netloc == request.get_host() else "/"


def safe_next(wanted: str) -> str:
    """A path of this site to go on to; the entry if the wanted one leads elsewhere."""
    fits = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if fits and len(wanted) <= 2000 else "/"


def parts_of(address: str) -> SplitResult:
    """An address that a header names, in its parts; one that is none has none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _path(address: str) -> str:
    parts = parts_of(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _sign_in(wanted: str, why: str = "") -> str:
    page, target = reverse("identity:sign_in"), safe_next(wanted)
    asked = ({"next": target} if target != "/" else {}) | ({"why": why} if why else {})
    return f"{page}?{urlencode(asked)}" if asked else page
