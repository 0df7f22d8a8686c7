"""Who was told of an order or a consignment, for pages of other subjects: one tag, one line in a template."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template

from singlewindow.hub.portal.notices import told

register = template.Library()


@register.inclusion_tag("portal/notices/told.html")
def told_of_order(order: UUID) -> dict[str, Any]:
    """Counterparts told of an inspection order by message, and parties told in their message boxes."""
    return {"sent": told.of_order(order), "boxes": told.boxes(order)}


@register.inclusion_tag("portal/notices/told.html")
def told_of_consignment(submission: UUID) -> dict[str, Any]:
    """Counterparts told of a consignment's orders and releases, and parties told of its inspections."""
    return {"sent": told.of_consignment(submission), "boxes": told.boxes(submission)}
