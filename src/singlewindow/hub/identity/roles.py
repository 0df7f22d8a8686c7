"""Roles and the permissions they hold: the facts of ``permissions.yaml``, checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

SOURCE = Path(__file__).with_name("permissions.yaml")


class Role(Struct, frozen=True):
    """A named bundle of permissions, held in one party."""

    name: Text
    permissions: frozenset[str]


class Book(Struct, frozen=True):
    """Every permission and every role there is."""

    permissions: Mapping[str, Text]
    roles: Mapping[str, Role]

    def held(self, roles: Iterable[str]) -> frozenset[str]:
        """The permissions of some roles; a role nobody knows any more holds none."""
        return frozenset().union(*(self.roles[role].permissions for role in roles if role in self.roles))


def read(text: str) -> Book:
    """The book written in YAML; ValueError if a role holds a permission that does not exist."""
    facts = parse_yaml(text)
    permissions = {name: Text(**sentence) for name, sentence in facts["permissions"].items()}
    roles = {
        name: Role(Text(**role["name"]), frozenset(role["permissions"]))
        for name, role in facts["roles"].items()
    }
    unknown = {name for role in roles.values() for name in role.permissions} - permissions.keys()
    if unknown:
        raise ValueError(f"roles hold unknown permissions: {', '.join(sorted(unknown))}")
    return Book(permissions, roles)


@cache
def book() -> Book:
    """The book this release ships."""
    return read(SOURCE.read_text(encoding="utf-8"))
