"""Which program draws the pages for the stories."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# The shell is the same engine without the browser's own windows: a page of its own costs it a third.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> Path | None:
    """What the environment's ``CHROMIUM`` names, else the first that is installed; none if none is."""
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else PROGRAMS
    found = filter(None, map(shutil.which, named))
    return next((Path(each) for each in found), None)
