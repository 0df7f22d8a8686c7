"""What cannot be done when it is asked for, and why."""

from __future__ import annotations

from singlewindow.kernel.messages import Problem, Text


class Declined(Exception):
    """Something that cannot be done now, for a reason in both languages.

    ``code`` begins with what it speaks of, which is not always an inspection: programs decide by it.
    ``status`` is that of the answer to who asked.
    """

    status = 422

    def __init__(self, code: str, zh: str, en: str, remedy: Text | None = None) -> None:
        super().__init__(en)
        self.problem = Problem(code, Text(zh, en), remedy=remedy)


class TooManyWaiting(Declined):
    """As much of the party's waits to be carried out as may: nothing more was taken."""

    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(
            "request.too_many_waiting",
            f"本单位等待办理的请求已达 {most} 项，这次没有收下",
            f"As many requests of your party wait as may, {most}; nothing was taken this time",
            Text(
                "请等前面的办完再提交；程序请稍后用同一键重试",
                "Ask again once the earlier ones are carried out; programs: later, under the same key",
            ),
        )
