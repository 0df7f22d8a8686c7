"""What the platform consists of, found by listing folders: Django applications and connectors."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


@cache
def connectors() -> tuple[str, ...]:
    """The ids of the connectors shipped, in order; the folder is the id is the partner."""
    return tuple(
        sorted(manifest.parent.name for manifest in (PACKAGE / "connectors").glob("*/connector.toml"))
    )


@cache
def applications() -> tuple[str, ...]:
    """The ids of the applications shipped, in order; the folder is the id is where its pages stand."""
    return tuple(sorted(manifest.parent.name for manifest in (PACKAGE / "apps").glob("*/app.toml")))


def with_pages() -> list[str]:
    """The applications that have pages."""
    return [name for name in applications() if (PACKAGE / "apps" / name / "urls.py").exists()]


@cache
def django_applications() -> tuple[str, ...]:
    """The dotted names of the rooms and applications that have an ``apps.py``."""
    found = [*PACKAGE.glob("hub/*/apps.py"), *PACKAGE.glob("apps/*/apps.py")]
    return tuple(
        sorted(".".join(("singlewindow", *path.parent.relative_to(PACKAGE).parts)) for path in found)
    )


def rehearsal_of(connector: str) -> str | None:
    """The dotted name of the connector's counterpart, where it ships one."""
    has_one = (PACKAGE / "connectors" / connector / "counterpart.py").exists()
    return f"singlewindow.connectors.{connector}.counterpart" if has_one else None


@cache
def static_folders() -> tuple[Path, ...]:
    """Where files for browsers lie: those of rooms and applications, and what packages bring."""
    ours = [*PACKAGE.glob("hub/*/static"), *PACKAGE.glob("apps/*/static")]
    spec = find_spec("django_htmx")
    theirs = [Path(spec.origin).parent / "static"] if spec and spec.origin else []
    return tuple(sorted(ours) + theirs)
