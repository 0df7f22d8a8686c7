"""The identity room as a Django application."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig

from singlewindow.hub.ui import menu, specimens
from singlewindow.kernel.messages import Text

ACCOUNTS = Text("账户", "Accounts")


class IdentityConfig(AppConfig):
    """Has tables, no models of the hot ones."""

    name = "singlewindow.hub.identity"

    def ready(self) -> None:
        """Offer accounts in the menu: one's party's to who may see them, one's own to everybody."""
        specimens.add(Path(__file__).with_name("specimens.yaml"))
        own, mine = Text("人员与委托", "People, mandates"), Text("我的账户", "My account")
        also = tuple(
            f"identity:{name}" for name in ("tokens", "mandates", "admit", "issue", "offer", "reset")
        )
        menu.add(menu.Entry("identity:people", "users", own, ACCOUNTS, "identity.read", also), 950)
        menu.add(menu.Entry("identity:me", "user-cog", mine, ACCOUNTS, "", ("identity:password",)), 960)
