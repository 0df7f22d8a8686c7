"""The one OpenAPI document: what programs may ask of the platform, with examples that really run."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.schema import schema_of
from singlewindow.hub.exchange.doors.http import SCOPE
from singlewindow.hub.exchange.submission import LONGEST_MESSAGE_ID
from singlewindow.hub.process import overall
from singlewindow.hub.standards.codelists import load as load_code_lists
from singlewindow.kernel.messages import Outcome, Severity, Stage, Text
from singlewindow.server import rooms
from singlewindow.server.composition import registry
from singlewindow.server.configuration import PLATFORM

VERSION = "1"
Json = dict[str, Any]


def document(on: date, platform: Text = PLATFORM) -> Json:
    """The description of API version 1, with the code lists of a day."""
    sources = _sources()
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{platform.zh} · {platform.en}", "version": VERSION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {
            "/api/v1/submissions": {"post": _submit(sources)},
            "/api/v1/submissions/{submission_id}": {"get": _status()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(sources, on),
        },
    }


def _sources() -> list[Definition]:
    """The documents that traders submit: those that some partner's document is made from."""
    kinds = sorted({projection.source.id for projection in registry().projections.values()})
    return [registry().current(kind) for kind in kinds]


def _submit(sources: list[Definition]) -> Json:
    key = {"type": "string", "minLength": 1, "maxLength": LONGEST_MESSAGE_ID}
    return {
        "operationId": "submit",
        "summary": "申报一份单证，一次录入、分别申报 · submit one document for every receiver",
        "description": f"需要权限 · needs the scope {SCOPE}",
        "parameters": [_parameter("Idempotency-Key", "header", key, required=False)],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [_ref(f"Submission.{d.id}") for d in sources]},
                    "examples": _examples(),
                }
            },
        },
        "responses": {
            "202": _answer("已接收 · taken", _ref("Receipt")),
            **{status: _problem(text) for status, text in _REFUSALS.items()},
        },
    }


_REFUSALS = {
    "400": "无法读取 · unreadable",
    "401": "令牌无效 · token not valid",
    "409": "报文标识已用于其他内容 · message id used for other content",
    "413": "过大 · too large",
    "422": "有误，全部问题一次给出 · errors, all at once",
    "503": "请稍后重发 · send it again later",
}


def _status() -> Json:
    return {
        "operationId": "status",
        "summary": "一次申报在各家的办理情况 · how a submission fares with each receiver",
        "parameters": [
            _parameter("submission_id", "path", {"type": "string", "format": "uuid"}, required=True)
        ],
        "responses": {
            "200": _answer("找到 · found", _ref("Status")),
            "401": _problem("令牌无效 · token not valid"),
            "404": _problem("没有或无权查看 · no such thing, or no right to see it"),
        },
    }


def _examples() -> Json:
    """Samples of the applications that are complete and right."""
    paths = sorted(rooms.PACKAGE.glob("apps/*/samples/*.json"))
    return {
        path.stem: {"value": json.loads(path.read_text("utf-8"))}
        for path in paths
        if "error" not in path.stem
    }


def _schemas(sources: list[Definition], on: date) -> Json:
    listings = load_code_lists()
    return {
        **{f"Submission.{d.id}": _submission(d) for d in sources},
        **{f"Values.{d.id}": schema_of(d, listings, on) for d in sources},
        "Text": _object({"zh": _STRING, "en": _STRING}, "zh en"),
        "Problem": _object(
            {
                "code": _STRING,
                "severity": {"enum": [str(each) for each in Severity]},
                "field": _STRING,
                "value": _STRING,
                "text": _ref("Text"),
                "remedy": {"oneOf": [_ref("Text"), {"type": "null"}]},
            },
            "code severity field value text remedy",
        ),
        "Problems": _object(
            {
                "type": {"type": "string", "format": "uri"},
                "title": _STRING,
                "status": {"type": "integer"},
                "detail": _STRING,
                "problems": _list("Problem"),
            },
            "type title status problems",
        ),
        "Receipt": _object(
            _RECEIPT | {"warnings": _list("Problem")}, "submission_id message_id received_at digest"
        ),
        "PartnerReceipt": _object(_PARTNER_RECEIPT, "receipt_id sender stage code outcome at received_at"),
        "Document": _object(
            _DOCUMENT | {"receipts": _list("PartnerReceipt")}, "document_id document version state receipts"
        ),
        "Status": _object(_RECEIPT | {"documents": _list("Document")}, "submission_id received_at documents"),
    }


def _submission(definition: Definition) -> Json:
    properties = {
        "document": {"const": definition.id},
        "version": {"const": definition.version},
        "values": _ref(f"Values.{definition.id}"),
    }
    return _object(properties, "document values")


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str) -> Json:
    return {"type": "array", "items": _ref(name)}


def _object(properties: Json, required: str) -> Json:
    return {"type": "object", "properties": properties, "required": required.split()}


def _answer(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problem(description: str) -> Json:
    return {"description": description, "content": {"application/problem+json": {"schema": _ref("Problems")}}}


def _parameter(name: str, place: str, schema: Json, *, required: bool) -> Json:
    return {"name": name, "in": place, "schema": schema, "required": required}


_STRING: Json = {"type": "string"}
_UUID: Json = {"type": "string", "format": "uuid"}
_TIME: Json = {"type": "string", "format": "date-time"}
_OUTCOME: Json = {"enum": [each.name.lower() for each in Outcome]}
_RECEIPT: Json = {"submission_id": _UUID, "message_id": _STRING, "received_at": _TIME, "digest": _STRING}
_PARTNER_RECEIPT: Json = {
    "receipt_id": _STRING,
    "sender": _STRING,
    "stage": {"enum": [str(each) for each in Stage]},
    "code": _STRING,
    "outcome": _OUTCOME,
    "text": _STRING,
    "facts": {"type": "object", "additionalProperties": _STRING},
    "at": _TIME,
    "received_at": _TIME,
}
_DOCUMENT: Json = {
    "document_id": _UUID,
    "receiver": {"type": ["string", "null"]},
    "document": _STRING,
    "definition_version": _STRING,
    "version": {"type": "integer"},
    "title": _STRING,
    "boxes": {"type": "integer"},
    "state": {"enum": sorted({*_OUTCOME["enum"], *overall.shipped()})},
    "code": _STRING,
    "changed_at": _TIME,
    "waiting": {"type": ["object", "null"]},
}
