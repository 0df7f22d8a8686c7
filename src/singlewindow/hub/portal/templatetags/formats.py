"""What people call the format of a submission: one filter for every page that says it."""

from __future__ import annotations

from django import template

from singlewindow.hub.documents import desk, formats
from singlewindow.hub.portal import names
from singlewindow.kernel.messages import Text

register = template.Library()


@register.filter
def format_name(format_: str) -> Text:
    """A format by its id, as its partner's manifest calls it."""
    registry = desk.current().registry
    return formats.named(format_, registry, lambda partner: names.partner(partner).format)
