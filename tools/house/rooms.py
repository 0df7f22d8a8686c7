"""Law: every room of the hub, every connector and every application says what it is."""

from __future__ import annotations

from pathlib import Path

from tools.house.house import House

CONNECTOR = ("connector.toml", "codec.py", "mapping.yaml", "counterpart.py", "README.md")
APPLICATION = ("app.toml", "README.md")


def check(house: House) -> None:
    """A README a room; the parts that a connector and an application are made of."""
    for room in house.rooms("hub"):
        _need(house, room, ("README.md",))
    for room in house.rooms("connectors"):
        _need(house, room, CONNECTOR)
        for folder in ("documents", "samples", "tests"):
            if not any(path.is_relative_to(room / folder) for path in house.files):
                house.report(room / folder, "a connector brings its documents, samples and tests")
    for room in house.rooms("apps"):
        _need(house, room, APPLICATION)


def _need(house: House, room: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if room / name not in house.files:
            house.report(room / name, "missing")
