"""Where the form of goods declarations stands; everything else about it is in its definition."""

from __future__ import annotations

from pathlib import Path

from singlewindow.hub.documents.urls import form_paths

urlpatterns = form_paths("goods_declaration", "", Path(__file__).parent / "samples")
