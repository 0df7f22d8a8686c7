"""How tests are handed out to workers, where more than one runs."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# Their files share one platform, which their conftest.py starts.
TOGETHER = ("tests/integration/api/", "tests/integration/bad_input/")


def kept_together(nodeid: str) -> str:
    """The file of a test, or the folder whose files share a platform."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


class ByPlatform(LoadScopeScheduling):
    """Hands out whole files, and whole folders where the files share a platform."""

    def _split_scope(self, nodeid: str) -> str:
        return kept_together(nodeid)
