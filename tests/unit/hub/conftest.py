"""Django with the portal's templates and no database, for tests that render."""

from __future__ import annotations

from collections.abc import Iterator

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings

ROOMS = ["singlewindow.hub.ui", "singlewindow.hub.portal"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]


@pytest.fixture
def pages() -> Iterator[None]:
    """Templates and tags of the user interface, in Chinese unless a test says otherwise."""
    if not settings.configured:
        settings.configure(USE_TZ=True, SECRET_KEY="for tests only", INSTALLED_APPS=[])
    if not apps.ready:
        django.setup()
    chosen = {
        "INSTALLED_APPS": ["django.contrib.staticfiles", "django_htmx", *ROOMS],
        "TEMPLATES": TEMPLATES,
        "TIME_ZONE": "Asia/Shanghai",
        "STATIC_URL": "/static/",
        "LANGUAGE_CODE": "zh-hans",
        "LANGUAGES": [("zh-hans", "中文"), ("en", "English")],
        "ROOT_URLCONF": "singlewindow.hub.portal.urls",
    }
    with override_settings(**chosen):
        yield
