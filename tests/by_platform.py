"""How tests are handed out to workers, where more than one runs."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# Their files share one platform, which their conftest.py starts.
TOGETHER = ("tests/integration/api/", "tests/integration/bad_input/")


class ByPlatform(LoadScopeScheduling):
    """Hands out whole files, and whole folders where the files share a platform."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)
