"""How programs ask: routes that state their right, words and answer, for every room's ``api.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router
from pydantic import StringConstraints

from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.permissions import public, refused
from singlewindow.hub.identity.roles import book
from singlewindow.kernel.messages import Actor, Problem, Text, Viewer
from singlewindow.kernel.problem_details import unknown_parameter

View = TypeVar("View", bound=Callable[..., Any])
LONGEST_KEY = 80
PRINTABLE = r"^[\x20-\x7e]+$"
# Stated by whoever asks for something to be done: asked again under the same key, it is done once.
Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_KEY, pattern=PRINTABLE),
    Header(
        alias="Idempotency-Key",
        description=(
            "同一键、同一内容 30 天内只办一次，回答不变 · "
            "asked again under the same key within 30 days, it is done once"
        ),
    ),
]
REFUSALS: Mapping[int, Text] = {
    400: Text("无法读取", "unreadable"),
    401: Text("令牌无效", "token not valid"),
    403: Text("无权查看全部内容", "not all of it may be told"),
    404: Text("没有此项，或无权查看", "no such thing, or no right to it"),
    408: Text("正文未及时到达", "the body came too slowly"),
    409: Text(
        "键已用于其他内容，或已有更新的版本",
        "the key was used for other content, or there is a newer version",
    ),
    413: Text("正文过大", "the body is too large"),
    415: Text("正文类型不符，或经压缩", "the body is of another kind, or packed"),
    422: Text("有误，全部问题一次给出", "errors, all at once"),
    429: Text("本单位同时发来或等待办理的请求过多", "the party has too many requests under way or waiting"),
    503: Text("请稍后再试", "try again later"),
}
_AGAIN = ("Retry-After", Text("几秒后再试", "after how many seconds to try again"))
# What a refusal says in its headers, where it does.
BESIDE: Mapping[int, tuple[str, Text]] = {
    401: ("WWW-Authenticate", Text("Bearer：用访问令牌", "Bearer: with an access token")),
    415: ("Accept-Encoding", Text("identity：正文请勿压缩", "identity: send the body unpacked")),
    429: _AGAIN,
    503: _AGAIN,
}
ALLOWED = "Allow", Text("405 时：此处接受的请求方法", "with 405: the methods that are accepted")
SEEING, ACTING = (401, 422, 429, 503), (400, 401, 408, 413, 415, 422, 429, 503)
# What refuses whatever is asked: the method, the address, the headers, the platform itself.
OTHERWISE = Text(
    "其他：请求方法不符（405）、与 If-Match 不符（412）、网址过长（414）、请求头过大（431）、平台出错（500）",
    "otherwise: another method (405), not what `If-Match` requires (412), too long an address (414), too"
    " large headers (431), a fault of the platform (500)",
)
ANSWERED: Mapping[int, Text] = {
    200: Text("所问的内容，或办理后的状况", "what was asked for, or how it stands now"),
    202: Text("已收下，结果见 location", "taken; `location` tells what becomes of it"),
    204: Text("已办，没有正文", "done; there is no body"),
}
_ETAG, _STRING = '"8f434346648f6b96df89dda901c5176b"', {"type": "string"}
_DIGEST: dict[str, Any] = {"ETag": {"description": "内容的摘要 · its digest", "schema": _STRING}}
REPLAYED: dict[str, Any] = {
    "Idempotency-Replayed": {
        "description": "true：同一键此前的回答 · `true`: the answer given before under this key",
        "schema": _STRING,
    }
}
# Of what is JSON: asked for again by its digest, it is not sent twice.
_UNLESS_KNOWN: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-None-Match",
            "required": False,
            "schema": _STRING,
            "description": "上次所得的 ETag · the `ETag` of the answer one has",
            "example": _ETAG,
        }
    ],
    "responses": {
        200: {"headers": _DIGEST},
        304: {"description": "没有变化 · not changed", "headers": _DIGEST},
    },
}


class Denied(Exception):
    """The request ends here, with this answer."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


def viewer_in(request: HttpRequest) -> Viewer:
    """Who asks, as the data base and every question know them."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def actor_in(request: HttpRequest) -> Actor:
    """In whose name something is done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def absent() -> Denied:
    """The one answer for what is not there and what may not be seen, to be raised."""
    return Denied(refusals.answer(404, refusals.NOT_FOUND))


class Right:
    """The first step of a route: the right it needs, and that nothing is asked that it does not know.

    A filter with a slip in its name would otherwise answer everything, as if it had been applied; of one
    given twice the last alone would count.
    """

    def __init__(self, name: str) -> None:
        if name and name not in book().permissions:
            raise ValueError(f"no permission is named {name!r}; permissions.yaml lists them")
        self.name = name
        self.asked: frozenset[str] = frozenset()

    def __call__(self, request: HttpRequest) -> bool:
        refusal = self._refusal(request)
        if refusal is not None:
            raise Denied(refusal)
        strange = [unknown_parameter(name) for name in sorted(request.GET.keys() - self.asked)]
        twice = [_twice(name) for name in sorted(self.asked) if len(request.GET.getlist(name)) > 1]
        if strange or twice:
            raise Denied(refusals.answer(422, *strange, *twice))
        return True

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if self.name:
            return refused(request, self.name)
        known = getattr(request, "actor", None) is not None
        return None if known else refusals.not_signed_in(request)


def _twice(name: str) -> Problem:
    return Problem(
        "repeated_parameter",
        Text(f"参数“{name}”给了不止一次", f"the parameter “{name}” is given more than once"),
        name,
        remedy=Text("每个参数只给一个值", "give each parameter one value"),
    )


class Routes(Router):
    """A room's routes. ``needs`` is the permission, empty for anybody who is known at all.

    ``more`` is how this one alone may be refused: what follows from its right, path and key is known.
    """

    def see(
        self,
        path: str,
        answer: Any,
        *,
        needs: str,
        title: Text,
        notes: Text,
        media: str = "",
        more: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """A question: changes nothing; a repeated one with ``If-None-Match`` is answered 304.

        ``media`` is the type of an answer that is not JSON, and sent whole whenever it is asked for.
        """
        told = _bytes(media) if media else _UNLESS_KNOWN
        return self._route("GET", path, {200: answer}, (*SEEING, *more), needs, title, notes, told)

    def act(
        self,
        path: str,
        answer: Any,
        *,
        needs: str,
        title: Text,
        notes: Text,
        status: int = 200,
        method: str = "POST",
        more: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """Something to be done, or to be worked out from a body."""
        return self._route(method, path, {status: answer}, (*ACTING, *more), needs, title, notes, {})

    def _route(
        self,
        method: str,
        path: str,
        answers: dict[int, Any],
        refusals_: tuple[int, ...],
        needs: str,
        title: Text,
        notes: Text,
        extra: dict[str, Any],
    ) -> Callable[[View], View]:
        right = Right(needs)
        scope = Text("需要权限", "needs the scope") if needs else None
        said = [f"{notes.zh}。{notes.en}.", *([f"{scope.zh} · {scope.en} `{needs}`"] if scope else [])]

        def declared(view: View) -> View:
            view.permission = needs  # type: ignore[attr-defined]
            known = {404} if needs or "{" in path else set()
            keyed = {409} if "key" in signature(view).parameters else set()
            told = _once_a_key(answers) if keyed else extra
            self.add_api_operation(
                path,
                [method],
                view if needs else public(view),
                auth=right,
                response=answers,
                operation_id=view.__name__,
                summary=f"{title.zh} · {title.en}",
                description="\n\n".join(said),
                openapi_extra=_documented({*answers}, known | keyed | {*refusals_}, needs, told),
            )
            right.asked = _asked(view)
            return view

        return declared


def _documented(answers: set[int], statuses: set[int], needs: str, extra: dict[str, Any]) -> dict[str, Any]:
    """What the description says beside what the library knows: how it is answered, and how refused."""
    responses: dict[Any, Any] = {status: {"description": _both(ANSWERED[status])} for status in answers}
    responses |= {status: refusal(status) for status in sorted(statuses)}
    responses |= {"default": refusal(None)}
    for status, said in extra.get("responses", {}).items():
        responses[status] = responses.get(status, {}) | said
    return ({"x-scope": needs} if needs else {}) | extra | {"responses": responses}


def refusal(status: int | None, text: Text | None = None) -> dict[str, Any]:
    """How the description says a refusal by its status, None: by any other; ``text`` in words of its own."""
    schema = {"$ref": "#/components/schemas/Problems"}
    words = text or (REFUSALS[status] if status else OTHERWISE)
    name, said = BESIDE.get(status, ("", words)) if status else ALLOWED
    headers = {name: {"description": _both(said), "schema": _STRING}} if name else {}
    made = {"description": _both(words), "content": {"application/problem+json": {"schema": schema}}}
    return made | ({"headers": headers} if headers else {})


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"


def _once_a_key(answers: Iterable[int]) -> dict[str, Any]:
    return {"responses": {status: {"headers": REPLAYED} for status in answers}}


def _bytes(media: str) -> dict[str, Any]:
    schema = {"type": "string", "contentMediaType": media}
    return {"responses": {200: {"content": {media: {"schema": schema}}}}}


def _asked(view: Any) -> frozenset[str]:
    """The names of a view's query parameters."""
    models = view._ninja_operation.models
    return frozenset(
        name
        for model in models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )
