"""Files of a partner that stay where they are while their neighbours are taken: what for, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from singlewindow.hub.exchange.transports.port import Left
from singlewindow.kernel.messages import Problem, Text

AGAIN_S = 10.0
NAME_MOST = 200
UNUSABLE_MOST = 20  # that are told at once; the next are, once these are named otherwise
_SHOWN = 60  # characters of such a name


class Staying:
    """By name, those that could not be read, or not be taken away; each is tried again after 10 seconds.

    Those of unusable names are told only: they are never tried.
    """

    def __init__(self, passed_s: Callable[[], float]) -> None:
        self._passed_s = passed_s
        self._left: dict[str, tuple[Left, float]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def waits(self, name: str) -> bool:
        """Whether it is not yet time to try it again."""
        return name in self._left and self._left[name][1] > self._passed_s()

    def unread(self, name: str, why: str) -> None:
        """It could not be read; an order may stand in it."""
        self._add(name, Left(_unread(name, why)))

    def unusable(self, names: Iterable[str]) -> None:
        """Nobody can fetch these by their names; an order may stand in them."""
        for name in sorted(names)[:UNUSABLE_MOST]:
            self._add(name, Left(_unusable(name)))

    def kept(self, name: str, why: str) -> None:
        """It was read and is kept here; only the partner's copy could not be taken away."""
        self._add(name, Left(_stays(name, why), kept=True))

    def forget(self, name: str) -> None:
        """It could be, after all."""
        self._left.pop(name, None)

    def only(self, names: Iterable[str]) -> None:
        """These are all that there are."""
        self._left = {name: self._left[name] for name in names if name in self._left}

    def told(self) -> Sequence[Left]:
        """All of them, those that could not be read first."""
        return sorted((left for left, _ in self._left.values()), key=lambda left: left.kept)

    def _add(self, name: str, left: Left) -> None:
        self._left[name] = left, self._passed_s() + AGAIN_S


def _unread(name: str, why: str) -> Problem:
    text = Text(f"对方的文件读不了：{why}", f"the partner's file cannot be read: {why}")
    remedy = Text(
        "其余文件照常接收；请对方解除锁定，或给予读取权限",
        "The others are taken; ask the partner to unlock it, or to let us read it",
    )
    return Problem("file-unread", text, field=name, remedy=remedy)


def _unusable(name: str) -> Problem:
    text = Text("对方的文件名不可用，文件未取", "the file is not fetched, as its name cannot be used")
    remedy = Text(
        f"请对方改名：不超过 {NAME_MOST} 个可见字符，不含斜杠",
        f"Ask the partner to rename it: at most {NAME_MOST} characters that can be seen, no slash",
    )
    return Problem("file-name", text, field=_shown(name), remedy=remedy)


def _shown(name: str) -> str:
    """Its beginning, with escapes for what cannot be seen, or is no text at all."""
    seen = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in name[:_SHOWN])
    return "".join(seen) + "…" * (len(name) > _SHOWN)


def _stays(name: str, why: str) -> Problem:
    text = Text(
        f"文件已接收，但移不走：{why}", f"the file is kept here, but cannot be taken away there: {why}"
    )
    remedy = Text("请对方授予移动、删除权限", "Ask the partner for the right to move and to delete")
    return Problem("file-stays", text, field=name, remedy=remedy)
