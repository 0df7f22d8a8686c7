"""The API as programs meet it: every room's routes under one roof, one manner of answering and refusing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from msgspec.structs import replace
from ninja import NinjaAPI, Query
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from singlewindow.hub.coordination import api as coordination
from singlewindow.hub.coordination import api_gate, api_inspections, api_tasks
from singlewindow.hub.documents import api as documents
from singlewindow.hub.documents import api_drafts, api_elements, desk
from singlewindow.hub.documents.decoding import MOST_BYTES, decode_json
from singlewindow.hub.exchange import api as exchange
from singlewindow.hub.exchange import api_answers, api_lanes, api_letters
from singlewindow.hub.exchange.doors.refusals import TOO_LARGE
from singlewindow.hub.identity import api as identity
from singlewindow.hub.identity import paging, refusals, unfit
from singlewindow.hub.identity.directory import StaleDirectoryError
from singlewindow.hub.identity.programs import Denied, Routes, absent
from singlewindow.hub.identity.shapes import Name, Paging, Sha256, Shape
from singlewindow.hub.notice import api as notice
from singlewindow.hub.notice import api_announcements
from singlewindow.hub.portal import api as journal
from singlewindow.hub.portal.forwarding import api as forwarding
from singlewindow.hub.standards import api as standards
from singlewindow.kernel.crypto.signing import SigningKey, VerifyingKey
from singlewindow.kernel.messages import Problem, Text, Unreadable
from singlewindow.server import configuration, registry

VERSION = "1"
ROOT = "api/v1/"
PROBLEMS = "application/problem+json"
ROOMS = (
    identity.routes,
    standards.routes,
    api_elements.routes,
    documents.routes,
    api_drafts.routes,
    exchange.routes,
    api_lanes.routes,
    api_letters.routes,
    api_answers.routes,
    coordination.routes,
    api_inspections.routes,
    api_gate.routes,
    api_tasks.routes,
    notice.routes,
    api_announcements.routes,
    forwarding.routes,
    journal.routes,
)
SEE = Text("接口说明见 /api/v1/openapi.json", "/api/v1/openapi.json describes the API")
FAULTS = {
    400: refusals.MALFORMED,
    404: refusals.NOT_FOUND,
    405: replace(refusals.METHOD, remedy=SEE),
    412: Problem(
        "request.precondition",
        Text("已不是请求头所说的那一版", "it is not what the request's headers require any more"),
        "if-match",
        remedy=Text("请取最新的再决定", "fetch the newest and decide on that"),
    ),
    413: TOO_LARGE.problem,
    500: Problem(
        "request.failed",
        Text("平台出错，未办理", "the platform failed; nothing was done"),
        remedy=Text("请用同一键稍后重试", "try again shortly, under the same key"),
    ),
}
keys = Routes(tags=["keys"])


class KeyShape(Shape):
    """A public key of the platform in PEM. ``key_id`` is the SHA-256 of its SubjectPublicKeyInfo."""

    key_id: Sha256
    pem: str


class Keys(Shape):
    """A page of the public keys."""

    items: list[KeyShape]
    next: str | None


class Renderer(BaseRenderer):
    """JSON as every other door writes it."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return msgspec.json.encode(data)


class Bounded(Parser):
    """Bodies read with every bound and every problem of the doors."""

    def parse_body(self, request: HttpRequest) -> Any:
        return decode_json(request.body)


class Api(NinjaAPI):
    """Answers may be asked for again by their digest; what has not changed is not sent twice."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        response = super().create_response(request, data, **more)
        if request.method != "GET" or response.status_code != 200:
            return response
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        patch_cache_control(response, private=True, no_cache=True)
        return get_conditional_response(request, etag=response["ETag"], response=response)  # type: ignore[return-value]


@cache
def api() -> Api:
    """The API of this process; the rooms learn here what they rest on."""
    standards.use(lambda: desk.current().lists)
    exchange.use(lambda: desk.current().knowledge())  # type: ignore[attr-defined]
    made = Api(
        version=VERSION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
        renderer=Renderer(),
        parser=Bounded(),
    )
    for routes in (keys, *ROOMS):
        made.add_router("", routes)
    made.add_exception_handler(Denied, _denied)
    made.add_exception_handler(Unreadable, _unreadable)
    made.add_exception_handler(ValidationError, _unfit)
    made.add_exception_handler(HttpError, _unparsed)
    made.add_exception_handler(StaleDirectoryError, _later)
    return made


def urls() -> tuple[list[Any], str, str]:
    """The rooms' paths; the library's own root page, which nobody declared, is left out."""
    patterns, application, namespace = api().urls
    return [each for each in patterns if getattr(each, "name", "") != "api-root"], application, namespace


def _denied(request: HttpRequest, error: Any) -> HttpResponse:
    answer: HttpResponse = error.response
    return answer


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    return refusals.answer(400, *error.problems)


def _unfit(request: HttpRequest, error: Any) -> HttpResponse:
    return refusals.answer(422, *unfit.problems(error.errors))


def _unparsed(request: HttpRequest, error: Any) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Unreadable):
        return refusals.answer(400, *cause.problems)
    if isinstance(cause, RequestDataTooBig):
        return refusals.answer(413, FAULTS[413])
    return refusals.answer(error.status_code, FAULTS.get(error.status_code, FAULTS[400]))


def _later(request: HttpRequest, error: Any) -> HttpResponse:
    return refusals.answer(503, refusals.UNAVAILABLE)


def faults(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: what goes wrong before or around a route is a problem too, never a page."""

    def answered(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(f"/{ROOT}"):
            return get_response(request)
        if request.method == "HEAD":  # answered as GET is, but for the body, which the server leaves out
            request.method = "GET"
        response = refusals.answer(413, FAULTS[413]) if _too_large(request) else get_response(request)
        fault = FAULTS.get(response.status_code)
        if fault is None:
            return response
        if response.headers.get("Content-Type", "").startswith(PROBLEMS):
            return response
        made = refusals.answer(response.status_code, fault)
        if response.has_header("Allow"):
            made["Allow"] = _allowed(request.path, response["Allow"])
        return made

    return answered


def _too_large(request: HttpRequest) -> bool:
    """Whether a body is larger than any door takes."""
    try:
        return len(request.body) > MOST_BYTES
    except RequestDataTooBig:
        return True


def _allowed(path: str, allowed: str) -> str:
    """What may be asked of a path: by Django's account, and by the doors that answer for themselves."""
    native = [method for method, _, place in (key.partition(" ") for key in registry.NATIVE) if place == path]
    every = {*allowed.split(", "), *native}
    return ", ".join(sorted(every | ({"HEAD"} if "GET" in every else set())))


@keys.see(
    "/keys",
    Keys,
    needs="",
    title=Text("平台公钥", "The platform's public keys"),
    notes=Text("核验放行单和检查点用", "To verify releases and checkpoints with"),
)
def list_keys(request: HttpRequest, asked: Query[Paging]) -> Any:
    one = _verifying()
    every = [{"key_id": one.key_id, "pem": one.to_pem().decode()}]
    return paging.held(every, asked, tuple[str], lambda key: (key["key_id"],))


@keys.see(
    "/keys/{key_id}",
    None,
    needs="",
    title=Text("一个公钥", "One public key"),
    notes=Text("PEM", "In PEM"),
    media="application/x-pem-file",
)
def get_key(request: HttpRequest, key_id: Name) -> Any:
    one = _verifying()
    if key_id != one.key_id:
        raise absent()
    return HttpResponse(one.to_pem(), content_type="application/x-pem-file")


@cache
def _verifying() -> VerifyingKey:
    return SigningKey.from_pem(configuration.current().signing_key.read_bytes()).verifying_key
