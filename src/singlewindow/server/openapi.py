"""The one OpenAPI document: what programs may ask of the platform, with examples that really happened."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from singlewindow.hub.documents import desk
from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.schema import schema_of
from singlewindow.hub.exchange.doors.http import SCOPE
from singlewindow.hub.exchange.submission import LONGEST_MESSAGE_ID
from singlewindow.hub.identity.permissions import public
from singlewindow.hub.identity.programs import PRINTABLE, REPLAYED, refusal
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Severity, Text
from singlewindow.server import rooms
from singlewindow.server.api import ROOT, VERSION, api
from singlewindow.server.composition import registry
from singlewindow.server.configuration import PLATFORM
from singlewindow.server.openapi_examples import Json, illustrate
from singlewindow.server.openapi_shared import shared
from singlewindow.server.openapi_words import word

ANSWERED = re.compile("2..")
NAMES = {"Words": "Text", "State": "InspectionState", "Kind": "Disposition", "Stage": "ReceiptStage"}
TAGS = {
    "submissions": Text("申报", "Submissions"),
    "exchange": Text("报文往来", "Message traffic"),
    "documents": Text("单证定义和草稿", "Definitions and drafts"),
    "coordination": Text("货物档案、指令、放行", "Consignments, instructions, releases"),
    "inspections": Text("联合查验", "Joint inspections"),
    "gate": Text("卡口", "Gates"),
    "notices": Text("消息", "The message box"),
    "announcements": Text("公告", "Announcements"),
    "journal": Text("日志和证明", "The journal and its proofs"),
    "standards": Text("代码表", "Code lists"),
    "identity": Text("单位和委托", "Parties and mandates"),
    "keys": Text("平台公钥", "The platform's public keys"),
}


@public
def description(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/openapi.json``."""
    return HttpResponse(_rendered(local_day(now()), desk.current().edition), content_type="application/json")


@lru_cache(maxsize=1)
def _rendered(day: date, edition: int) -> bytes:
    """Once a day and edition of the code lists."""
    return msgspec.json.encode(document(day, settings.SITE_NAME, desk.current().lists))


def document(on: date, platform: Text = PLATFORM, lists: Mapping[str, CodeList] | None = None) -> Json:
    """The description of API version 1, with the codes of a day, of the lists shipped unless given."""
    return shared(unshared(on, platform, lists))


def unshared(on: date, platform: Text = PLATFORM, lists: Mapping[str, CodeList] | None = None) -> Json:
    """The same with every answer where it is given."""
    sources = _sources()
    made: Json = _named(
        msgspec.to_builtins(dict(api().get_openapi_schema(path_prefix=f"/{ROOT}")), str_keys=True)
    )
    made["info"] = {"title": f"{platform.zh} · {platform.en}", "version": VERSION} | _INFO
    made["servers"] = [{"url": "/"}]
    made["security"] = [{"token": []}]
    made["tags"] = [{"name": name, "description": f"{text.zh} · {text.en}"} for name, text in TAGS.items()]
    paths = made["paths"]
    paths["/api/v1/submissions"]["post"] = _submit(sources)
    paths["/api/v1/checks"]["post"] |= _check(paths["/api/v1/checks"]["post"], sources)
    made["paths"] = dict(sorted(paths.items()))
    made["components"]["securitySchemes"] = {"token": _TOKEN}
    made["components"]["schemas"] |= _schemas(sources, registry().listings if lists is None else lists, on)
    made["components"]["schemas"] = _used(made)
    word(made)
    illustrate(made)
    return made


def _named(made: Json) -> Json:
    """Schemas under the names that people use, not those that keep them apart in Python."""
    names = {name: NAMES.get(name) or name.removesuffix("Shape") for name in made["components"]["schemas"]}
    text = json.dumps(made, ensure_ascii=False)
    for name, plain in names.items():
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{plain}"')
    renamed: Json = json.loads(text)
    schemas = renamed["components"]["schemas"].items()
    renamed["components"]["schemas"] = {
        names[name]: schema | {"title": names[name]} for name, schema in schemas
    }
    return renamed


def _used(made: Json) -> Json:
    """The schemas that some operation leads to; those of parameters stand in the operations themselves."""
    schemas: Json = made["components"]["schemas"]
    found: set[str] = set()
    waiting = _references(made["paths"])
    while waiting:
        found |= waiting
        waiting = {name for known in waiting for name in _references(schemas[known])} - found
    return {name: schemas[name] for name in sorted(found)}


def _references(value: Any) -> set[str]:
    text = json.dumps(value, ensure_ascii=False)
    return set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text))


def _sources() -> list[Definition]:
    """The documents that traders submit: those that some partner's document is made from."""
    kinds = sorted({route.source for route in registry().projections})
    return [registry().current(kind) for kind in kinds]


def _submit(sources: list[Definition]) -> Json:
    key = {"type": "string", "minLength": 1, "maxLength": LONGEST_MESSAGE_ID, "pattern": PRINTABLE}
    return {
        "operationId": "submit",
        "tags": ["submissions"],
        "summary": "申报一份单证，一次录入、分别申报 · Submit one document for every receiver",
        "description": (
            "不给 Idempotency-Key 时，以内容的摘要为准。"
            "Without an Idempotency-Key the digest of the body stands for one.\n\n"
            "XML 以 XML 作答（DecMessage 以 DecImportResponse），除非 Accept 要 JSON。"
            "XML is answered in XML (a DecMessage by a DecImportResponse) unless JSON is accepted.\n\n"
            f"需要权限 · needs the scope `{SCOPE}`"
        ),
        "x-scope": SCOPE,
        "parameters": [_ONCE | {"schema": key}],
        "requestBody": _with_xml(_body(sources)),
        "responses": {
            "202": _with_xml(_answer("已接收 · taken", "Taken")) | {"headers": REPLAYED},
            **{str(status): _refused_xml(refusal(status)) for status in _REFUSED},
            "403": _refused_xml(refusal(403, Text("没有申报权限", "no right to submit"))),
            "default": _refused_xml(refusal(None)),
        },
    }


def _check(made: Json, sources: list[Definition]) -> Json:
    """A check reads and answers in every manner of the door."""
    for status, said in made["responses"].items():
        _with_xml(said) if ANSWERED.fullmatch(status) else _refused_xml(said)
    return {"requestBody": _with_xml(_body(sources))}


_REFUSED = (400, 401, 408, 409, 413, 415, 422, 429, 503)


def _body(sources: list[Definition]) -> Json:
    schema = {"oneOf": [_ref(f"Submission.{d.id}") for d in sources]}
    content = {"application/json": {"schema": schema, "examples": _samples()}}
    return {"required": True, "content": content}


def _with_xml(said: Json) -> Json:
    """The same in the formats of agencies that the doors read, and in their own responses."""
    said["content"]["application/xml"] = {"schema": _XML}
    return said


def _refused_xml(said: Json) -> Json:
    said["content"]["application/problem+xml"] = {"schema": _XML}
    return _with_xml(said)


def _samples() -> Json:
    """Samples of the applications that are complete and right."""
    paths = sorted(rooms.PACKAGE.glob("apps/*/samples/*.json"))
    return {
        path.stem: {"value": json.loads(path.read_text("utf-8"))}
        for path in paths
        if "error" not in path.stem
    }


def _schemas(sources: list[Definition], listings: Mapping[str, CodeList], on: date) -> Json:
    return {
        **{f"Submission.{d.id}": _submission(d) for d in sources},
        **{f"Values.{d.id}": schema_of(d, listings, on) | {"description": _called(d)} for d in sources},
        "Text": _object("A sentence in both languages.", {"zh": _STRING, "en": _STRING}),
        "Problem": _object("One thing that is wrong: what, where, and what to do next.", _PROBLEM),
        "Problems": _object("Why something is refused (RFC 9457), all problems at once.", _PROBLEMS),
        "Taken": _object("What was taken, the same whenever it is sent again.", _TAKEN),
    }


def _called(definition: Definition) -> str:
    return f"{definition.name.zh} · {definition.name.en}"


def _submission(definition: Definition) -> Json:
    properties = {
        "document": {"const": definition.id},
        "version": {"const": definition.version},
        "values": _ref(f"Values.{definition.id}"),
    }
    said = (
        "要申报的单证；不给 version 即按最新版。"
        "A document to be submitted; without a `version` it is the newest."
    )
    return _object(said, properties, optional=("version",)) | {"additionalProperties": False}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(description: str, properties: Json, optional: Collection[str] = ()) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": description, "properties": properties, "required": required}


def _answer(description: str, name: str) -> Json:
    return {"description": description, "content": {"application/json": {"schema": _ref(name)}}}


_TOKEN: Json = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "令牌由本单位管理员登录门户，在“人员与委托”的“接口令牌”中签发，只显示一次；范围（scope）须含各操作所需权限。"
        "A token is issued by an administrator of the party, signed in to the portal, under “People,"
        " mandates”, “API tokens”, and shown once; its scopes must cover what the operations need."
    ),
}
_INFO: Json = {
    "description": (
        "列表以 limit、after 翻页，至 next 为 null；同一 Idempotency-Key 只办一次；拒绝以 RFC 9457 作答；"
        "HEAD 同 GET，没有正文。"
        "Lists are walked by `limit` and `after` until `next` is null; what is asked under one"
        " `Idempotency-Key` is done once; refusals are RFC 9457, with all problems at once; HEAD is answered"
        " as GET, without the body."
    ),
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
_ONCE: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "报文标识：永远只申报一次 · the message id: taken once, for ever",
    "example": "declaration-1",
}
_STRING: Json = {"type": "string"}
_SHA256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_XML: Json = {"type": "string", "contentMediaType": "application/xml"}
_PROBLEM: Json = {
    "code": _STRING,
    "severity": {"enum": [str(each) for each in Severity]},
    "field": _STRING,
    "value": _STRING,
    "text": _ref("Text"),
    "remedy": {"oneOf": [_ref("Text"), {"type": "null"}]},
}
_PROBLEMS: Json = {
    "type": {"type": "string", "format": "uri"},
    "title": _STRING,
    "status": {"type": "integer"},
    "detail": _STRING,
    "problems": {"type": "array", "items": _ref("Problem")},
}
_TAKEN: Json = {
    "submission_id": {"type": "string", "format": "uuid"},
    "message_id": _STRING,
    "received_at": {"type": "string", "format": "date-time"},
    "digest": _SHA256,
    "warnings": {"type": "array", "items": _ref("Problem")},
}
