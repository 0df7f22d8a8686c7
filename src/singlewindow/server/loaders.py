"""First facts: what every migration is followed by, as sw_engine. Each is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from psycopg import Connection

from singlewindow.hub.coordination.facts import requirements
from singlewindow.hub.documents import publishing
from singlewindow.hub.dossier import shares as dossier_shares
from singlewindow.hub.exchange import subscriptions
from singlewindow.hub.identity import seed
from singlewindow.hub.identity.tokens import new_token
from singlewindow.hub.standards import storing
from singlewindow.kernel.clock import now
from singlewindow.server import rooms
from singlewindow.server.composition import registry, wires
from singlewindow.server.configuration import Configuration
from singlewindow.server.keys import kept
from singlewindow.server.refusal import Refusal


def definitions(connection: Connection[Any], configuration: Configuration) -> None:
    """Publish the definitions shipped."""
    publishing.publish(connection, registry().definitions.values())


def code_lists(connection: Connection[Any], configuration: Configuration) -> None:
    """The code lists shipped; official tables imported since then stay."""
    storing.load_into(connection)


def subscribers(connection: Connection[Any], configuration: Configuration) -> None:
    """Who receives what, as applications and, of the platform's own notices, connectors ship it."""
    shipped = sorted([*rooms.PACKAGE.glob("apps/*/subscriptions.csv"), *_connectors_own()])
    must_be_mapped(shipped)
    subscriptions.seed(connection, shipped)


def must_be_mapped(shipped: Iterable[Path]) -> None:
    """Rows name what a mapping of their receiver makes: all else would be sent wrong. Raises ``Refusal``."""
    for path in shipped:
        for row in subscriptions.read_rows(path):
            if not _mapped(row):
                named = row["receiver"], row["source_kind"], row["document_kind"]
                _refuse(path, [*named, row["condition"]])


def _mapped(row: Mapping[str, Any]) -> bool:
    """The platform's own notices are told by wires, all else is made from every version of its source."""
    receiver, source, document = row["receiver"], row["source_kind"], row["document_kind"]
    if wire := wires().get((receiver, source)):
        return wire.projection.target.id == document and not row["condition"]
    return registry().makes(receiver, source, document, row["condition"])


def _refuse(path: Path, row: Sequence[str]) -> NoReturn:
    where, said = "/".join(path.parts[-3:]), ", ".join(filter(None, row))
    raise Refusal(
        f"{where}：收件方的映射不得出这一单证，或没有这一条件：{said}",
        f"{where}: no mapping of the receiver makes this, or there is no such condition: {said}",
    )


def shares(connection: Connection[Any], configuration: Configuration) -> None:
    """What of a container a partner's people are told, and whose names: what its document is filled from."""
    received: dict[tuple[str, str], set[str]] = {}
    for route, each in registry().projections.items():
        entries = {origin.source for origin in each.lineage.values() if origin.source}
        received.setdefault((route.partner, route.target), set()).update(entries)
    conditions: dict[str, set[str]] = {}
    for rule in requirements():
        if rule.subject_kind == "container":
            conditions.setdefault(rule.agency, set()).add(rule.condition)
    only = {agency for agency, found in conditions.items() if found == {"dangerous"}}
    dossier_shares.publish(connection, received, only)


def _connectors_own() -> Iterator[Path]:
    return rooms.PACKAGE.glob("connectors/*/subscriptions.csv")


def demonstration(connection: Connection[Any], configuration: Configuration) -> None:
    """The story's parties, people and programs, with a password and tokens made for this data folder."""
    secrets = demo_secrets(configuration)
    seed.seed(connection, now, secrets["password"], secrets)


def demo_secrets(configuration: Configuration) -> dict[str, str]:
    """The demonstration's password and its programs' tokens as they are used, made once a data folder."""
    path, names = configuration.demonstration_file, seed.token_names()
    kept(path, ("password",))
    made = kept(path, names, new_token)
    return {name: made[name] for name in ("password", *names)}


def accounts(configuration: Configuration) -> list[str]:
    """What is printed when a demonstration is ready: who may sign in, and how."""
    password = demo_secrets(configuration)["password"]
    lines = [f"演示账户 · demo accounts (密码 · password: {password})"]
    lines += [f"  {login:14} {name}" for login, name in seed.logins()]
    return [*lines, f"演示接口令牌 · demo API tokens: {configuration.demonstration_file}"]
