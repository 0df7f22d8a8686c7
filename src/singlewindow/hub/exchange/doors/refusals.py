"""What the HTTP door says when it takes nothing: RFC 9457, both languages, always with a remedy."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

import msgspec

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.documents.faults import shown
from singlewindow.hub.exchange.doors.manner import Header, Said
from singlewindow.hub.exchange.storing import Conflict
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_details, unknown_parameter

CLOSE: Header = (b"connection", b"close")
MOST_NAMED = 20  # of the parameters of an address
_MEGABYTES = MOST_BYTES // (1024 * 1024)


class Refusal(msgspec.Struct, frozen=True):
    """One way not to take a submission, whatever stands in it."""

    status: int
    problem: Problem
    headers: tuple[Header, ...] = ()
    more: tuple[Problem, ...] = ()

    def said(self, language: str) -> Said:
        """As an answer, its title in one language."""
        return problems_said(self.status, (self.problem, *self.more), language, *self.headers)


METHOD = Refusal(
    405,
    Problem(
        "request.method",
        Text("此处只接受 POST", "only POST is accepted here"),
        remedy=Text("请用 POST 发送单证", "send the document with POST"),
    ),
    ((b"allow", b"POST"),),
)
NO_TOKEN = Refusal(
    401,
    Problem(
        "request.not_signed_in",
        Text("缺少令牌，或令牌无效、已过期", "the token is missing, not valid, or has ended"),
        "authorization",
        remedy=Text(
            "请附上有效令牌：Authorization: Bearer sw_…", "send a token in force: Authorization: Bearer sw_…"
        ),
    ),
    ((b"www-authenticate", b"Bearer"),),
)
NO_SCOPE = Refusal(
    403,
    Problem(
        "request.no_right",
        Text("该令牌没有申报权限", "this token may not submit"),
        "authorization",
        remedy=Text(
            "请向本单位管理员申请含申报权限的令牌", "ask your administrator for a token that may submit"
        ),
    ),
)
TOO_LARGE = Refusal(
    413,
    Problem(
        "request.too_large",
        Text(f"正文超过 {MOST_BYTES} 字节", f"the body is larger than {MOST_BYTES} bytes"),
        "body",
        remedy=Text(
            f"每份单证不超过 {_MEGABYTES} MB，请分单", f"keep a document within {_MEGABYTES} MB; split it"
        ),
    ),
    (CLOSE,),
)
TOO_SLOW = Refusal(
    408,
    Problem(
        "request.too_slow",
        Text("正文未在限时内到达", "the body did not arrive in time"),
        "body",
        remedy=Text(
            "请检查网络后用同一报文标识重发", "check the line and send it again under the same message id"
        ),
    ),
    (CLOSE,),
)
BUSY = Refusal(
    503,
    Problem(
        "request.busy",
        Text("系统繁忙，暂未接收", "busy; nothing was taken"),
        remedy=Text("请稍后用同一报文标识重发", "send it again later under the same message id"),
    ),
    ((b"retry-after", b"2"),),
)
UNSETTLED = Refusal(
    503,
    Problem(
        "request.not_known",
        Text(
            "与数据库的联系中断，是否已接收尚不清楚",
            "the data base was lost; whether it was taken is not known",
        ),
        remedy=Text(
            "请稍后用同一报文标识原样重发：已接收的得到原回执，不会重复申报",
            "send the same again later under the same message id: what was taken gets its original receipt,"
            " and nothing is declared twice",
        ),
    ),
    BUSY.headers,
)
TOO_MUCH = Refusal(
    429,
    Problem(
        "request.too_much_at_once",
        Text(
            "您同时发来的请求过多，这一个没有办理",
            "you have more requests under way than one caller may; this one was not done",
        ),
        remedy=Text(
            "请等前面的有了答复，再用同一报文标识重发；程序请减少并发",
            "send it again under the same message id once the earlier ones are answered; programs: ask less"
            " in parallel",
        ),
    ),
    ((b"retry-after", b"2"),),
)
FAULT = Refusal(
    500,
    Problem(
        "request.failed",
        Text("系统内部错误，未接收；已记录在案", "a fault of ours; nothing was taken, and it is on record"),
        remedy=Text(
            "请稍后用同一报文标识重发；若再次出现，请联系平台运维",
            "send it again later under the same message id; if it happens again, tell the operator",
        ),
    ),
)


ENCODED = Refusal(
    415,
    Problem(
        "request.encoding",
        Text(
            "正文经过压缩或其他编码，本平台不解码",
            "the body is compressed or otherwise encoded, which is not undone here",
        ),
        "content-encoding",
        remedy=Text(
            "请去掉 Content-Encoding，原样发送正文", "send the body as it is, without Content-Encoding"
        ),
    ),
    ((b"accept-encoding", b"identity"),),
)


def encoded(content_encoding: str) -> bool:
    """Whether a body is said to be in a coding that must be undone (RFC 9110, 8.4 and 15.5.16)."""
    return any(each.strip().lower() not in ("", "identity") for each in content_encoding.split(","))


def wrong_charset(declared: str) -> Refusal:
    """The sender says that the body is in another encoding than the only one read here."""
    text = Text(
        f"声明的字符编码“{shown(declared)}”不受支持",
        f"the declared charset “{shown(declared)}” is not accepted",
    )
    remedy = Text(
        "只接受 UTF-8，请转换后重新发送", "only UTF-8 is accepted; convert the body and send it again"
    )
    return Refusal(415, Problem("request.charset", text, "content-type", shown(declared), remedy))


def asks_more(query: str) -> Refusal | None:
    """Parameters, of which this door knows none: who adds “dry_run” must not have declared."""
    names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})
    problems = [unknown_parameter(name) for name in names[:MOST_NAMED]]
    return Refusal(422, problems[0], more=tuple(problems[1:])) if problems else None


def conflict(earlier: Conflict) -> Refusal:
    """The message id belongs to other content for ever."""
    id_ = shown(earlier.message_id)
    text = Text(f"报文标识“{id_}”已用于其他内容", f"the message id “{id_}” was used for other content")
    remedy = Text("内容不同的单证请用新的报文标识", "give other content a message id of its own")
    return Refusal(409, Problem("request.key_used", text, "message_id", id_, remedy))


def problems_said(status: int, problems: Sequence[Problem], language: str, *headers: Header) -> Said:
    """Every problem at once, both languages in each, the title in the one asked for."""
    return Said(status, problem_details(status, problems, language), headers)
