"""Messages and tables of other systems: not the project's to ship, read where they lie beside a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared"


def beside(pattern: str) -> list[Path]:
    """The files that match, ``samples/edifact/*.edi``; without any the asking test is skipped."""
    found = sorted(FOLDER.glob(pattern))
    if not found:
        pytest.skip(f"no {FOLDER.name}/{pattern} beside this checkout: others' files are not the project's")
    return found
