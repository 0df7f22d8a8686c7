"""When what died is started again."""

from __future__ import annotations

import socket
import threading

import pytest

from singlewindow.server import headers
from singlewindow.server.configuration import load
from singlewindow.server.refusal import Refusal
from singlewindow.server.supervisor import FIRST_WAIT, HEALTHY, MOST_WAIT, Watched, answers


class Mortal:
    """A process that ends when told."""

    pid = 1

    def __init__(self) -> None:
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code

    def send_signal(self, number: int, /) -> None:
        self.code = -number


def die(watched: Watched, now: float) -> float:
    """Let it die and be noticed; how long it then waits."""
    assert isinstance(watched.process, Mortal)
    watched.process.code = 1
    assert "ended (1)" in watched.look(now)
    return watched.due - now


def test_waits_double_to_a_bound_and_it_is_never_given_up() -> None:
    watched, now, waits = Watched("web", Mortal), 0.0, []
    watched.begin(now)
    for _ in range(40):
        waits.append(die(watched, now))
        now += waits[-1]
        watched.look(now)
        assert watched.process is not None
    assert waits[:3] == pytest.approx([FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT])
    assert waits[-1] == pytest.approx(MOST_WAIT)


def test_a_healthy_while_forgives_earlier_deaths() -> None:
    watched = Watched("web", Mortal)
    watched.begin(0.0)
    for now in (0.0, 1.0, 2.0):
        die(watched, now)
        watched.look(watched.due)
    late = watched.since + HEALTHY + 0.1
    assert die(watched, late) == pytest.approx(FIRST_WAIT)


def test_it_is_not_started_before_it_is_due() -> None:
    watched = Watched("web", Mortal)
    watched.begin(0.0)
    wait = die(watched, 1.0)
    watched.look(1.0 + wait / 2)
    assert watched.process is None
    watched.look(1.0 + wait)
    assert watched.process is not None


def test_what_cannot_start_is_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    tries = []

    def start() -> Mortal:
        tries.append(1)
        if len(tries) < 3:
            raise Refusal("不行", "no way")
        return Mortal()

    watched = Watched("postgres", start)
    watched.begin(0.0)
    for _ in range(2):
        assert watched.process is None
        watched.look(watched.due)
    assert watched.process is not None
    assert capsys.readouterr().out.count("no way") == 2


OURS = f"Content-Security-Policy: {headers.POLICY}\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("greeting", "served"),
    [
        (b"HTTP/1.1 200 OK\r\n" + OURS, True),
        (b"HTTP/1.1 503 Busy\r\n" + OURS, False),
        (b"HTTP/1.1 200 OK\r\n\r\n", False),
        (b"SSH-2.0-x\r\n", False),
    ],
)
def test_somebody_listening_is_not_yet_the_platform(greeting: bytes, served: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        configuration = load({"port": door.getsockname()[1]}, {})
        stranger = threading.Thread(target=_greet, args=(door, greeting))
        stranger.start()
        assert answers(configuration) is served
        stranger.join()
    assert not answers(configuration)


def _greet(door: socket.socket, greeting: bytes) -> None:
    caller, _ = door.accept()
    with caller:
        caller.recv(1024)
        caller.sendall(greeting)
