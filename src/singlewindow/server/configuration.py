"""The configuration: one immutable value from arguments, environment and ``<data>/singlewindow.toml``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import keys, rooms
from singlewindow.server.postgres import PORT, Cluster, socket_folder
from singlewindow.server.refusal import Refusal

OWNER, WEB, INTAKE, ENGINE = ROLES = ("sw_owner", "sw_web", "sw_intake", "sw_engine")
DATABASE = "singlewindow"
PLATFORM = Text("中国（重庆）国际贸易单一窗口", "China (Chongqing) International Trade Single Window")
UNPUBLISHED = Text("", "")
ENVIRONMENT = {"data": "SINGLEWINDOW_DATA", "port": "SINGLEWINDOW_PORT", "database_url": "DATABASE_URL"}
LAST_PORT = 65535
EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True)
class Configuration:
    """Everything that differs from one installation to another."""

    data: Path
    port: int = 8000
    bind: str = "127.0.0.1"
    demo: bool = True
    rehearsal_seed: int = 1  # of what demo counterparts decide
    rehearsal_profile: str = "mixed"  # by chance; "even": at once and alike; "prompt": the same, for load
    debug: bool = False
    https: bool = False  # a proxy in front speaks TLS and says so
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    platform: Text = PLATFORM
    fees: Text = UNPUBLISHED  # what the operator says of itself on the public home
    hotline: Text = UNPUBLISHED
    complaints: Text = UNPUBLISHED
    database_url: str = ""
    database: str = DATABASE
    database_port: int | None = None  # TCP port of the embedded server, none unless asked for
    database_settings: tuple[tuple[str, str], ...] = ()
    allow_unsafe_durability: bool = False  # fsync or full_page_writes off: tests and load trials only
    allow_exposed_demo: bool = False  # the demonstration on an address that other machines reach
    allow_plain_http: bool = False  # passwords in the clear between machines: closed networks only
    allow_plain_database: bool = False  # declarations in the clear to a database elsewhere: the same
    address: str = ""  # where the platform is asked, if not where it would listen itself

    @cached_property
    def secrets(self) -> dict[str, str]:
        """Passwords of the database roles and Django's key, as they were made; none before."""
        return keys.known(self.secrets_file)

    def make_secrets(self) -> None:
        """Make those that are missing: for who starts or prepares a platform; asking one makes nothing."""
        keys.kept(self.secrets_file, ("postgres", *self.roles, "django"))
        self.__dict__.pop("secrets", None)  # what was known before

    def secret(self, name: str) -> str:
        """One of them; raises ``Refusal`` where it was never made."""
        if name not in self.secrets:
            raise Refusal.of(self._not_here(name))
        return self.secrets[name]

    def _not_here(self, name: str) -> Problem:
        zh = f"数据目录 {self.data} 里没有平台（{self.secrets_file.name} 缺 {name}）"
        en = f"there is no platform in the data folder {self.data} ({self.secrets_file.name} has no {name})"
        remedy = Text(
            "请用 --data 指定平台的数据目录，或先在这里运行 singlewindow up",
            "name the platform's data folder with --data, or run singlewindow up here first",
        )
        return Problem("not-installed", Text(zh, en), "--data", str(self.data), remedy)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every database role somebody signs in as."""
        return (*ROLES, *(component_role(connector) for connector in rooms.connectors()))

    @property
    def secrets_file(self) -> Path:
        return self.data / "secrets.toml"

    @property
    def demonstration_file(self) -> Path:
        """The password and the tokens of the demonstration, as they are used; none without one."""
        return self.data / "demo.toml"

    @property
    def signing_key(self) -> Path:
        return self.data / "keys" / "platform.pem"

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def url(self) -> str:
        """Where the platform is found; one that listens on every address, on this machine's own."""
        host = LOOPBACK if self.bind == EVERYWHERE else self.bind
        return self.address or f"http://{host}:{self.port}"

    @property
    def cluster(self) -> Cluster | None:
        """The embedded PostgreSQL, unless DATABASE_URL names another."""
        if self.database_url:
            return None
        return Cluster(
            self.data,
            self.secret("postgres"),
            self.log / "postgres.log",
            self.database_port,
            self.database_settings,
        )

    def dsn(self, role: str, database: str | None = None) -> str:
        """How ``role`` connects; ``postgres`` is the server's superuser."""
        place: dict[str, Any] = (
            conninfo_to_dict(self.database_url)
            if self.database_url
            else {"host": str(socket_folder(self.data)), "port": self.database_port or PORT}
        )
        if role != "postgres" or not self.database_url:
            place |= {"user": role, "password": self.secret(role)}
        return make_conninfo(**_GONE | place | {"dbname": database or self.database, "connect_timeout": 10})


# Within 15 to 25 seconds a host that vanished without a word is known to be gone, so that another can take
# over; the kernel's own patience is a quarter of an hour. DATABASE_URL may say otherwise.
_GONE = {
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_current: Configuration | None = None


def use(configuration: Configuration) -> None:
    """Make a configuration the one this process runs under."""
    global _current
    _current = configuration
    os.environ["DJANGO_SETTINGS_MODULE"] = "singlewindow.server.settings"


def current() -> Configuration:
    """The configuration of this process; read from the environment unless one was given."""
    global _current
    if _current is None:
        _current = load({})
    return _current


def component_role(connector: str) -> str:
    """The database role of one component; its name after the prefix is the partner."""
    return f"sw_component_{connector}"


def load(arguments: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Configuration:
    """Arguments win over the environment, which wins over the file; unknown names are refused."""
    from_environment = {
        name: environment[variable] for name, variable in ENVIRONMENT.items() if environment.get(variable)
    }
    given = from_environment | {name: value for name, value in arguments.items() if value is not None}
    data = Path(given.pop("data", "data")).absolute()
    return configured(data, from_file(data / "singlewindow.toml") | given)


def from_file(path: Path) -> dict[str, Any]:
    """The settings of the installation's own file, if it has one."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        why = error.strerror or error
        raise Refusal(f"无法读取 {path}：{why}", f"{path} cannot be read: {why}") from error
    except ValueError as error:
        raise Refusal(f"{path} 不是有效的 TOML:{error}", f"{path} is not valid TOML: {error}") from error


def configured(data: Path, settings: dict[str, Any]) -> Configuration:
    """Check what was given and make the value."""
    unknown = settings.keys() - (Configuration.__dataclass_fields__.keys() - {"data", "address"})
    if unknown:
        names = ", ".join(sorted(unknown))
        raise Refusal(f"未知的配置项：{names}", f"Unknown settings: {names}")
    for name in ("platform", "fees", "hotline", "complaints"):
        if name in settings:
            settings[name] = _said(name, settings[name])
    if "database_settings" in settings:
        settings["database_settings"] = tuple(sorted(settings["database_settings"].items()))
    if "hosts" in settings:
        settings["hosts"] = tuple(settings["hosts"])
    settings["port"] = port(settings.get("port", Configuration.port))
    url_database = database_of(settings.get("database_url") or "")
    if url_database and url_database != "postgres":
        settings.setdefault("database", str(url_database))
    return Configuration(data, **settings)


def _said(name: str, given: Any) -> Text:
    """Words in both languages: what everybody reads is never in one alone."""
    said = {} if not isinstance(given, dict) else given
    if not all(isinstance(said.get(language), str) and said[language].strip() for language in ("zh", "en")):
        raise Refusal(
            f'{name} 须以两种文字写出，如 {name} = {{zh = "甲", en = "A"}}',
            f'{name} is to be written in both languages: {name} = {{zh = "甲", en = "A"}}',
        )
    return Text(said["zh"], said["en"])


def database_of(url: str) -> str | None:
    """The database that DATABASE_URL names; what cannot be read is not repeated: it may hold a password."""
    try:
        return conninfo_to_dict(url).get("dbname")  # type: ignore[return-value]
    except psycopg.ProgrammingError:
        raise Refusal(
            "DATABASE_URL 无法读取；应如 postgresql://用户:密码@主机:5432/库名",
            "DATABASE_URL cannot be read; write it as postgresql://user:password@host:5432/name",
        ) from None


def port(given: Any) -> int:
    """A TCP port."""
    if str(given).isascii() and str(given).isdigit() and 1 <= int(given) <= LAST_PORT:
        return int(given)
    raise Refusal(
        f"端口 {given} 不在 1 到 {LAST_PORT} 之间。", f"Port {given} is not between 1 and {LAST_PORT}."
    )
