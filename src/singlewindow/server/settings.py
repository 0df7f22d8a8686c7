"""Django's settings, made from the configuration of this process."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from singlewindow.hub.journal.looking_up import ENDED_IN_TIME, KEPT_PLANS
from singlewindow.kernel.clock import ZONE
from singlewindow.server import configuration, logs, registry, rooms, static
from singlewindow.server.turns import PLACES, WAIT_S

CONFIGURATION = configuration.current()
HOURS = 3600
PREPARED_AFTER = 5  # times; only of what is looked up by keys (hub/identity/asking.py)


def database(role: str, options: dict[str, Any], told: str = "") -> dict[str, Any]:
    """One Django database entry for a role; ``told``: what its connections tell PostgreSQL besides."""
    place = conninfo_to_dict(CONFIGURATION.dsn(role))
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry: dict[str, Any] = {name: str(place.pop(key)) for name, key in names.items() if key in place}
    # A connection is tried before it is used again: those that PostgreSQL ended are many after a fault of it.
    entry["CONN_HEALTH_CHECKS"] = True
    told = " ".join((str(place.get("options", "")), KEPT_PLANS, told))
    place |= {"prepare_threshold": PREPARED_AFTER, "options": told}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": {**place, **options}}


DATABASES = {
    "default": database(
        configuration.WEB, {"pool": {"min_size": 0, "max_size": PLACES, "timeout": WAIT_S}}, ENDED_IN_TIME
    ),
    "owner": database(configuration.OWNER, {}),  # migrations only, which take as long as they take
}
SECRET_KEY = CONFIGURATION.secret("django")
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = list(CONFIGURATION.hosts)

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    *rooms.django_applications(),
]
MIDDLEWARE = [
    # Security headers are those of server/headers.py, which completes every answer.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *registry.MIDDLEWARE,
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ]
        },
    }
]
ROOT_URLCONF = "singlewindow.server.urls"
STATIC_URL = static.url()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_TZ = True
TIME_ZONE = ZONE.key

SESSION_ENGINE = "singlewindow.hub.identity.session_store"
# Under TLS the browser itself sees to it that nobody but this very host has set them.
HOST_ONLY = "__Host-" if CONFIGURATION.https else ""
SESSION_COOKIE_NAME = f"{HOST_ONLY}sw_session"
CSRF_COOKIE_NAME = f"{HOST_ONLY}csrftoken"
DEVICE_COOKIE_NAME = f"{HOST_ONLY}sw_device"
SESSION_COOKIE_AGE = 12 * HOURS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "singlewindow.hub.identity.refusals.not_from_here"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.https else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

SITE_NAME = CONFIGURATION.platform
SITE_FEES, SITE_HOTLINE = CONFIGURATION.fees, CONFIGURATION.hotline
SITE_COMPLAINTS = CONFIGURATION.complaints
DEMONSTRATION = CONFIGURATION.demo

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "singlewindow.server.logs.Line", "fmt": logs.FORMAT}},
    "filters": {"plainly": {"()": "singlewindow.server.logs.Plainly"}},
    "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["plainly"]}},
    "root": {"handlers": ["error"], "level": "INFO"},
}
