"""What this installation is called: the province is configuration, the product has no name of its own."""

from __future__ import annotations

from django.conf import settings

from singlewindow.kernel.messages import Text

NAME = Text("中国（重庆）国际贸易单一窗口", "China (Chongqing) International Trade Single Window")
OPERATOR = Text("口岸主管部门主办，各联检单位共建", "Run by the port authority with the border agencies")


def site_name() -> Text:
    """The exact name, with full-width brackets; ``SITE_NAME`` in the settings replaces it."""
    return getattr(settings, "SITE_NAME", NAME)


def operator() -> Text:
    """Who runs it, one line for the foot of public pages; ``SITE_OPERATOR`` replaces it."""
    return getattr(settings, "SITE_OPERATOR", OPERATOR)


def contact() -> tuple[tuple[Text, Text], ...]:
    """What the operator publishes: its fees, a hotline, where one complains; empty where it has not yet."""
    names = (
        ("SITE_FEES", Text("收费", "Fees")),
        ("SITE_HOTLINE", Text("服务热线", "Hotline")),
        ("SITE_COMPLAINTS", Text("投诉与建议", "Complaints")),
    )
    return tuple((name, getattr(settings, setting, Text("", ""))) for setting, name in names)


def is_demonstration() -> bool:
    """Whether pages must say that their data is made up."""
    return bool(getattr(settings, "DEMONSTRATION", False))
