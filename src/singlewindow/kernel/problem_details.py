"""Problems as an HTTP answer (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from singlewindow.kernel.messages import Problem, Severity, Text

_TITLES = {
    400: Text("正文无法读取", "the body cannot be read"),
    401: Text("未登录", "not signed in"),
    403: Text("没有权限", "no right to do this"),
    404: Text("没有此项，或无权查看", "no such thing, or no right to see it"),
    405: Text("此处不接受这种请求方法", "this method is not accepted here"),
    408: Text("正文未及时到达", "the body came too slowly"),
    409: Text("与已有内容冲突", "in conflict with what is there"),
    412: Text("与请求头的要求不符", "not what the headers require"),
    413: Text("正文过大", "the body is too large"),
    414: Text("网址过长", "the address is too long"),
    415: Text("不接受这种编码或格式", "this encoding or format is not accepted"),
    422: Text("申报内容有误", "the document has errors"),
    429: Text("同时发来的请求过多", "too many requests at once"),
    431: Text("请求头过大", "the headers are too large"),
    500: Text("系统内部错误", "a fault of the platform"),
    503: Text("暂不可用", "not available for the moment"),
}


def problem_details(status: int, problems: Sequence[Problem], language: str) -> dict[str, Any]:
    """The problem object: title in the language asked for, each problem in both."""
    title = _TITLES.get(status, Text(HTTPStatus(status).phrase, HTTPStatus(status).phrase)).of(language)
    return {
        "type": f"urn:singlewindow:problem:{problems[0].code if problems else status}",
        "title": title,
        "status": status,
        "detail": "; ".join(problem.text.of(language) for problem in problems[:5]),
        "problems": problem_values(problems),
    }


def problem_values(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as plain values, each in both languages."""
    return [_problem(problem) for problem in problems]


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Problems as lines for a terminal: mark, place, what is wrong, what to do."""
    return lines_of(problem_values(problems))


def lines_of(values: Sequence[dict[str, Any]]) -> list[str]:
    """The same of problems as plain values, as a platform answers them."""
    return [_line(each) for each in values]


def _line(problem: dict[str, Any]) -> str:
    mark = "✗" if problem["severity"] == Severity.ERROR else "!"
    texts = [problem["text"], *([problem["remedy"]] if problem["remedy"] else [])]
    said = "；".join(text["zh"] for text in texts) + " · " + "; ".join(text["en"] for text in texts)
    value = f" “{problem['value']}”" if problem["value"] not in problem["text"]["zh"] else ""
    return f"{mark} {problem['field'] or '-'}{value}: {said}"


def _problem(problem: Problem) -> dict[str, Any]:
    remedy = problem.remedy
    return {
        "code": problem.code,
        "severity": str(problem.severity),
        "field": problem.field,
        "value": problem.value,
        "text": {"zh": problem.text.zh, "en": problem.text.en},
        "remedy": {"zh": remedy.zh, "en": remedy.en} if remedy else None,
    }


def unknown_parameter(name: str) -> Problem:
    """A query names what nobody asks for: as if it had been heeded, the answer would mean something else."""
    shown = "".join(c for c in name[:60] if c.isprintable())
    return Problem(
        "unknown_parameter",
        Text(f"不认识参数“{shown}”", f"the parameter “{shown}” is not known"),
        shown,
        remedy=Text("可用的参数见 /api/v1/openapi.json", "/api/v1/openapi.json lists the parameters"),
    )
