"""Django without an installation, for what only needs it imported; all tests configure it alike."""

from __future__ import annotations

import django
from django.conf import settings

if not settings.configured:
    settings.configure(USE_TZ=True, SECRET_KEY="for tests only", INSTALLED_APPS=[])
    django.setup()
