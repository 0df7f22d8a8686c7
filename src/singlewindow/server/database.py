"""Bring a database to the state this code expects: roles, schema, migrations, first facts."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from singlewindow.server import checks, registry, rooms, schema
from singlewindow.server import configuration as settings
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

HERE = Path(__file__).parent
ROLES = (HERE / "roles.sql").read_text(encoding="utf-8")
GRANTS = (HERE / "grants.sql").read_text(encoding="utf-8")
STATISTICS = (HERE / "statistics.sql").read_text(encoding="utf-8")
# Of one component, which holds three: a stolen password, or a leak, keeps nobody else out.
MOST_CONNECTIONS = 10
LOCK = 7_700_001  # advisory: two machines that start at once prepare one after the other


def prepare(configuration: Configuration) -> None:
    """Create what is missing; safe to repeat, and to run from two places at once."""
    create_database(configuration)
    if configuration.database_url:  # an embedded server had them before its first start
        configuration.make_secrets()
    with connect(configuration, "postgres") as guard:
        guard.execute("select pg_advisory_lock(%s)", [LOCK])
        make_roles(guard, configuration)
        migrate(configuration)
        grant(configuration)
        load(configuration)


def connect(configuration: Configuration, role: str, database: str | None = None) -> psycopg.Connection:
    """One connection as ``role``, each statement its own transaction."""
    return psycopg.connect(configuration.dsn(role, database), autocommit=True)


def create_database(configuration: Configuration) -> None:
    """The platform's database, in the server's maintenance database's neighbourhood."""
    with connect(configuration, "postgres", "postgres") as connection:
        name = configuration.database
        if connection.execute("select from pg_database where datname = %s", [name]).fetchone() is None:
            try:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return  # another machine was quicker
            except psycopg.errors.InsufficientPrivilege:
                raise Refusal(
                    f"数据库 {name} 不存在，DATABASE_URL 的账户也无权创建；请由管理服务器的人创建。",
                    f"There is no database {name}, and the account of DATABASE_URL may not create it; "
                    "have whoever keeps the server do so.",
                ) from None


def make_roles(connection: psycopg.Connection, configuration: Configuration) -> None:
    """Run ``roles.sql``, add the components' roles, set every password (only its SCRAM verifier travels)."""
    superuser = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    if superuser != (True,):
        require_roles(connection, configuration)
        return
    with connection.transaction():
        connection.execute(ROLES)
        for connector in rooms.connectors():
            make_component_role(connection, settings.component_role(connector))
        for role in configuration.roles:
            verifier = connection.pgconn.encrypt_password(
                configuration.secret(role).encode(), role.encode(), b"scram-sha-256"
            )
            statement = sql.SQL("alter role {} password {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(verifier.decode())))


def make_component_role(connection: psycopg.Connection, role: str) -> None:
    """A login role in ``sw_component`` that sees only its own partner's rows."""
    name = sql.Identifier(role)
    if connection.execute("select from pg_roles where rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("create role {} login nobypassrls in role sw_component").format(name))
    most = sql.SQL("alter role {} connection limit {}")
    connection.execute(most.format(name, sql.Literal(MOST_CONNECTIONS)))
    for setting in ("search_path = sw", "timezone = 'UTC'", "idle_in_transaction_session_timeout = '60s'"):
        connection.execute(sql.SQL("alter role {} set ").format(name) + sql.SQL(setting))


def require_roles(connection: psycopg.Connection, configuration: Configuration) -> None:
    """Without a superuser the roles must have been made by whoever keeps the server."""
    known = {row[0] for row in connection.execute("select rolname from pg_roles")}
    missing = ", ".join(role for role in configuration.roles if role not in known)
    if missing:
        raise Refusal(
            f"数据库缺少角色 {missing}；请由超级用户执行 server/roles.sql。",
            f"The database lacks the roles {missing}; have a superuser run server/roles.sql.",
        )


def migrate(configuration: Configuration) -> None:
    """Django's migrations, as the owner of the schema; one that this program did not make is left alone."""
    settings.use(configuration)
    import django
    from django.core.management import call_command
    from django.db import OperationalError, connections

    django.setup()
    found, ours = schema.applied(configuration), schema.shipped()
    checks.refuse(schema.unknown(found, ours))
    schema.note(configuration, found, ours)
    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    except OperationalError as error:
        raise error.__cause__ or error from None  # as the driver said it, like everywhere else
    finally:
        connections.close_all()


def grant(configuration: Configuration) -> None:
    """What the portal may do with the tables Django itself brings; what of all tables is never sampled."""
    with connect(configuration, settings.OWNER) as connection:
        connection.execute(GRANTS)
        connection.execute(STATISTICS)


def load(configuration: Configuration) -> None:
    """Run the loaders, each in one transaction."""
    loaders = registry.LOADERS + (registry.DEMO_LOADERS if configuration.demo else ())
    with connect(configuration, settings.ENGINE) as connection:
        checks.refuse(checks.unasked_demonstration(configuration, connection))
        for path in loaders:
            with connection.transaction():
                registry.resolve(path)(connection, configuration)
