"""How cookies are set where a proxy speaks TLS, and where nobody does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[3] / "src"
PROGRAM = """
import json, pathlib, sys
from singlewindow.server import configuration
given = configuration.Configuration(pathlib.Path(sys.argv[1]), https=sys.argv[2] == "https")
given.make_secrets()
configuration.use(given)
from singlewindow.server import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[3:]}))
"""
NAMES = (
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME"),
    *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SECURE_PROXY_SSL_HEADER"),
)


def settings(folder: Path, how: str) -> dict[str, Any]:
    """In a process of its own: settings are read once."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), how, *NAMES],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        timeout=30,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("how", "prefix"), [("https", "__Host-"), ("http", "")])
def test_cookies_belong_to_this_host_alone_under_tls(tmp_path: Path, how: str, prefix: str) -> None:
    found = settings(tmp_path, how)
    assert found["SESSION_COOKIE_NAME"] == f"{prefix}sw_session"
    assert found["CSRF_COOKIE_NAME"] == f"{prefix}csrftoken"
    assert found["DEVICE_COOKIE_NAME"] == f"{prefix}sw_device"
    assert found["SESSION_COOKIE_HTTPONLY"]
    assert found["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert (found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"]) == (bool(prefix),) * 2
    assert found["SECURE_PROXY_SSL_HEADER"] == (["HTTP_X_FORWARDED_PROTO", "https"] if prefix else None)
