"""Every path that Django answers; rooms and applications bring their own ``urls.py``."""

from __future__ import annotations

urlpatterns: list[object] = []
