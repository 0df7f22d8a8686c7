"""Roles and the permissions they hold: the facts of ``permissions.yaml``, checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

MANAGE = "identity.manage"
SOURCE = Path(__file__).with_name("permissions.yaml")


class Role(Struct, frozen=True):
    """A named bundle of permissions, held in one party."""

    name: Text
    permissions: frozenset[str]
    kinds: frozenset[str] = frozenset()  # of parties whose own administrators may give it


class Book(Struct, frozen=True):
    """Every permission and every role there is."""

    permissions: Mapping[str, Text]
    roles: Mapping[str, Role]
    programs: tuple[str, ...] = ()
    mandates: Mapping[str, Text] = {}

    def offered(self, kind: str) -> dict[str, Role]:
        """The roles that a party of this kind may give its people."""
        return {name: role for name, role in self.roles.items() if kind in role.kinds}

    def for_programs(self, kind: str) -> list[str]:
        """What a party of this kind may let a program do: nothing its own people could not."""
        held = self.held(self.offered(kind))
        return [name for name in self.programs if name in held]

    def managing(self) -> list[str]:
        """The roles that keep a party's accounts."""
        return [name for name, role in self.roles.items() if MANAGE in role.permissions]

    def held(self, roles: Iterable[str]) -> frozenset[str]:
        """The permissions of some roles; a role nobody knows any more holds none."""
        return frozenset().union(*(self.roles[role].permissions for role in roles if role in self.roles))


def read(text: str) -> Book:
    """The book written in YAML; ValueError if a role holds a permission that does not exist."""
    facts = parse_yaml(text)
    permissions = {name: Text(**sentence) for name, sentence in facts["permissions"].items()}
    roles = {
        name: Role(Text(**role["name"]), frozenset(role["permissions"]), frozenset(role.get("kinds", ())))
        for name, role in facts["roles"].items()
    }
    programs = tuple(facts.get("programs", ()))
    held = {name for role in roles.values() for name in role.permissions}
    unknown = (held | set(programs)) - permissions.keys()
    if unknown:
        raise ValueError(f"roles hold unknown permissions: {', '.join(sorted(unknown))}")
    mandates = {kind: Text(**name) for kind, name in facts.get("mandates", {}).items()}
    return Book(permissions, roles, programs, mandates)


@cache
def book() -> Book:
    """The book this release ships."""
    return read(SOURCE.read_text(encoding="utf-8"))
