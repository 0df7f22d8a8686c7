"""The portal's paths."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.identity.permissions import public
from singlewindow.hub.portal import journal_pages, lists, pages, parties
from singlewindow.hub.portal.announcements.urls import urlpatterns as announcements
from singlewindow.hub.portal.clearance.urls import urlpatterns as clearance
from singlewindow.hub.portal.declared.urls import urlpatterns as declared
from singlewindow.hub.portal.exchange.urls import urlpatterns as exchange
from singlewindow.hub.portal.forwarding.urls import urlpatterns as forwarding
from singlewindow.hub.portal.notices.urls import urlpatterns as notices
from singlewindow.hub.portal.standards.urls import urlpatterns as standards
from singlewindow.hub.portal.tasks.urls import urlpatterns as tasks
from singlewindow.hub.portal.today import today
from singlewindow.hub.ui import numbers
from singlewindow.hub.ui.styleguide import styleguide

numbers.register()
urlpatterns = [
    path("", pages.home, name="home"),
    path("hall", lists.hall, name="hall"),
    path("hall/today", today, name="today"),
    path("declarations", lists.declarations, name="declarations"),
    path("consignments", lists.consignment_list, name="consignments"),
    path("consignments/<uuid:submission>", pages.consignment, name="consignment"),
    path("consignments/<uuid:submission>/live", pages.consignment_live, name="consignment-live"),
    path("parties", parties.parties, name="parties"),
    path("journal", journal_pages.journal, name="journal"),
    path("journal/<place:position>", journal_pages.journal_entry, name="journal-entry"),
    *announcements,
    *clearance,
    *declared,
    *exchange,
    *forwarding,
    *notices,
    *standards,
    *tasks,
    path("search", pages.search, name="search"),
    path("styleguide", public(styleguide), name="styleguide"),
]
