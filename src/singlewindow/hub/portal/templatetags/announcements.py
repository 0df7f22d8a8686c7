"""The stops of service that press, for pages of other subjects: one tag, one line in a template."""

from __future__ import annotations

from typing import Any

from django import template
from django.db import connection
from django.utils.timezone import now

from singlewindow.hub.notice import announced
from singlewindow.hub.portal.announcements import view

register = template.Library()


@register.inclusion_tag("portal/announcements/stops.html")
def pressing_stops() -> dict[str, Any]:
    """Those that last or are near, the first to begin first."""
    at = now()
    with connection.cursor() as cursor:
        found = announced.standing(cursor, at)
    return {"stops": view.lines((one for one in found if one.pressing(at)), at)}
