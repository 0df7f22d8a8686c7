"""The entry (K01): public home, hall, lists, the page of one consignment, the search box."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig

from singlewindow.hub.identity.apps import ACCOUNTS
from singlewindow.hub.ui import menu, specimens
from singlewindow.kernel.messages import Text

READ = "consignments.read"
DECLARATIONS = "declarations.read"
INSTRUCTIONS = "instructions.read"
GIVE = "instructions.give"
GATE, GATE_READ = "gate.operate", "gate.read"
CLEAR = Text("通关", "Clearance")
EXCHANGE = Text("交换", "Exchange")
TRACE = Text("留痕", "Evidence")


class PortalConfig(AppConfig):
    """The pages people come in by."""

    name = "singlewindow.hub.portal"
    label = "portal"

    def ready(self) -> None:
        """Offer this room's pages in the menu, and its pieces in the styleguide."""
        specimens.add(Path(__file__).with_name("specimens.yaml"))
        hall, consignments = Text("办事大厅", "Hall"), Text("货物档案", "Consignments")
        menu.add(menu.Entry("hall", "house", hall, None, READ), 10)
        menu.add(menu.Entry("notices", "mail", Text("消息", "Messages")), 20)
        told, news = Text("公告", "Announcements"), ("announcement", "announcement-publish")
        menu.add(menu.Entry("announcements", "megaphone", told, also=news), 25)
        menu.add(menu.Entry("tasks", "list-checks", Text("待核事项", "To decide"), None, "tasks.read"), 30)
        pages = ("consignment", "search", "forwarded")
        evidence = Text("日志与证据", "Journal")
        menu.add(menu.Entry("journal", "network", evidence, TRACE, "journal.read", ("journal-entry",)), 900)
        facts = Text("数据元与代码", "Standards")
        lists = ("code-lists", "code-list")
        menu.add(menu.Entry("standards", "book-open-text", facts, TRACE, "standards.read", lists), 910)
        menu.add(menu.Entry("consignments", "files", consignments, CLEAR, READ, pages), 200)
        waits, giving = Text("待本机关放行", "To release"), ("instruction-new", "instructions-release")
        menu.add(menu.Entry("instructions", "flag", waits, CLEAR, GIVE, giving), 205)
        orders, gate = Text("联合查验", "Inspections"), Text("闸口放行", "Gate")
        menu.add(menu.Entry("inspections", "scan-search", orders, CLEAR, INSTRUCTIONS, ("inspection",)), 210)
        lanes = (
            "lane",
            "lane-pause",
            "lane-resume",
            "letter",
            "letter-open",
            "answers",
            "answer",
            "answer-open",
        )
        watch = Text("交换监控", "Exchange")
        menu.add(menu.Entry("exchange", "zap", watch, EXCHANGE, "exchange.read", lanes), 800)
        who = Text("登记单位", "Parties")
        menu.add(menu.Entry("parties", "building-2", who, ACCOUNTS, "parties.read"), 940)
        menu.add(menu.Entry("gate", "traffic-cone", gate, CLEAR, GATE_READ), 220)
