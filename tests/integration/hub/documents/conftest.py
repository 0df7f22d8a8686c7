"""The same reading as ``sw_web`` that the portal's tests use."""

from __future__ import annotations

from integration.hub.portal.conftest import reading

__all__ = ["reading"]
