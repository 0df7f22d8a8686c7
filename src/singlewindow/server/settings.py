"""Django's settings, made from the configuration of this process."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from singlewindow.server import configuration, rooms

CONFIGURATION = configuration.current()

POOL_MOST = 6


def database(role: str, options: dict[str, Any]) -> dict[str, Any]:
    """One Django database entry for a role."""
    place = conninfo_to_dict(CONFIGURATION.dsn(role))
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry = {name: str(place.pop(key)) for name, key in names.items() if key in place}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": {**place, **options}}


DATABASES = {
    "default": database(configuration.WEB, {"pool": {"min_size": 0, "max_size": POOL_MOST, "timeout": 10}}),
    "owner": database(configuration.OWNER, {}),
}
SECRET_KEY = CONFIGURATION.secrets["django"]
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = ["*"] if CONFIGURATION.demo else ["127.0.0.1", "localhost", CONFIGURATION.bind]

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *rooms.django_applications(),
]
ROOT_URLCONF = "singlewindow.server.urls"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []
