"""What a partner's file says of its SFTP server: where it is, who it is, and which folders are whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from singlewindow.hub.exchange.transports import endpoint
from singlewindow.hub.exchange.transports.endpoint import LONGEST, Connecting, Named, Waiting, shown, unfit
from singlewindow.kernel.messages import Problem, Text

MOST_REST_S = 3_600.0
ANOTHER = Text("请给 inbox 以外的文件夹", "give another folder than inbox")

HostKey = Annotated[
    str,
    Meta(
        max_length=4_000,
        pattern=r"^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*( [^\n]*)?\n?$",
        extra={
            "zh": "OpenSSH 格式的公钥文本，如 ssh-ed25519 AAAA…",
            "en": "a public key as OpenSSH writes it, ssh-ed25519 AAAA…",
        },
    ),
]


class Endpoint(endpoint.Endpoint, frozen=True, kw_only=True):
    """Where a partner's SFTP server is and how we are known there.

    ``host_key`` is the one public key (OpenSSH text) the server may show; ``done`` and ``aside``
    are folders beside the InBox. An empty ``done`` means that settled files are deleted. A file that
    cannot be read is taken as it is once it has rested for ``rest_s``: until then it may be an upload
    that stalls.
    """

    host: Named
    port: Annotated[int, Meta(ge=1, le=65_535)]
    user: Named
    client_key: Named
    host_key: HostKey
    outbox: Named = "OutBox"
    inbox: Named = "InBox"
    aside: Named = "Aside"
    done: Annotated[str, Meta(max_length=LONGEST)] = ""
    connect_timeout_s: Connecting = 5.0
    operation_timeout_s: Waiting = 20.0
    rest_s: Annotated[float, Meta(ge=0, le=MOST_REST_S)] = 60.0

    def unfit(self) -> Iterator[Problem]:
        """Files that were dealt with must not lie where files are looked for."""
        for name in ("outbox", "aside", "done"):
            folder = getattr(self, name)
            if folder.strip("/") == self.inbox.strip("/"):
                yield unfit(name, shown(folder), ANOTHER)
