"""What must be so of a data folder before anything is begun in it: whole, of our PostgreSQL and account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import keys, postgres
from singlewindow.server.accounts import name_of, server_account
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

RESTORING = "restoring"  # a file that stands in the folder until all of a backup is back


def unfit(configuration: Configuration) -> list[Problem]:
    """Everything that is wrong with it; nothing is made or changed."""
    found = [*half_restored(configuration)]
    if not configuration.database_url:
        home = configuration.data / "postgres"
        found += [*led_nowhere(home), *of_somebody_else(home)]
        if not found:
            found += [*of_another_release(home / "cluster"), *without_secrets(configuration)]
    return found


def half_restored(configuration: Configuration) -> Iterator[Problem]:
    """A restore that was interrupted left a part of a platform."""
    if (configuration.data / RESTORING).exists():
        yield problem(
            "half-restored",
            Text(
                f"数据目录 {configuration.data} 的恢复没有完成",
                f"restoring into the data folder {configuration.data} was interrupted",
            ),
            Text(
                "请清空该目录，重新运行 singlewindow restore", "empty it and run singlewindow restore again"
            ),
        )


def led_nowhere(home: Path) -> Iterator[Problem]:
    """A link to a disk that is not mounted: a new database in its place would be an empty platform."""
    if home.is_symlink() and not home.exists():
        place = os.readlink(home)
        yield problem(
            "database-elsewhere",
            Text(
                f"{home} 指向 {place}，而那里没有东西", f"{home} is a link to {place}, where there is nothing"
            ),
            Text(
                "请挂载该磁盘，或从备份恢复到新目录", "mount that disk, or restore a backup into a new folder"
            ),
        )


def of_somebody_else(home: Path) -> Iterator[Problem]:
    """PostgreSQL serves only the account whose files they are."""
    account = server_account()
    wanted = account.user if account else os.geteuid()
    with suppress(OSError):
        owner = (home / "cluster").stat().st_uid
        if owner != wanted:
            yield problem(
                "database-of-another",
                Text(
                    f"{home} 属于账户 {name_of(owner)}，这次启动用的是 {name_of(wanted)}",
                    f"{home} belongs to the account {name_of(owner)}; this start would use {name_of(wanted)}",
                ),
                Text(
                    "请用上次启动平台的账户运行（曾用 root 启动的，仍用 root）",
                    "start it as the account that started it before (as root, if that was root)",
                ),
            )


def of_another_release(cluster: Path) -> Iterator[Problem]:
    """A major release of PostgreSQL reads no other's files."""
    with suppress(OSError):
        written, ours = (cluster / "PG_VERSION").read_text("utf-8").strip(), postgres.major()
        if written != ours:
            yield problem(
                "database-release",
                Text(
                    f"{cluster} 是 PostgreSQL {written} 的，本程序带的是 {ours}",
                    f"{cluster} was made by PostgreSQL {written}, and this program brings {ours}",
                ),
                Text(
                    "请用原来版本的程序 singlewindow backup，再用本程序 singlewindow restore 到新目录",
                    "back it up with the version that made it (singlewindow backup), and restore that into a "
                    "new folder with this one (singlewindow restore)",
                ),
            )


def without_secrets(configuration: Configuration) -> Iterator[Problem]:
    """They are made before the database: where it is there and they are not, they were lost."""
    if not (configuration.data / "postgres" / "cluster" / "PG_VERSION").exists():
        return
    lost = [] if "postgres" in keys.known(configuration.secrets_file) else [configuration.secrets_file]
    lost += [] if configuration.signing_key.exists() else [configuration.signing_key]
    for path in lost:
        yield problem(
            "secrets-lost",
            Text(f"数据库还在，{path} 却不在了", f"the database is there, but {path} is gone"),
            Text("请从备份取回这个文件", "bring this file back from a backup"),
        )


def problem(code: str, text: Text, remedy: Text) -> Problem:
    """A problem of the folder and what to do about it."""
    return Problem(code, text, remedy=remedy)


def require_fit(configuration: Configuration) -> None:
    """Raises ``Refusal`` that names everything wrong."""
    from singlewindow.server import checks

    try:
        found = unfit(configuration)
    except OSError as error:
        raise unwritable(configuration.data, error) from error
    checks.refuse(found)


def unwritable(data: Path, error: OSError) -> Refusal:
    """What the operating system does not let us do in the folder."""
    zh, en = f"数据目录 {data} 无法使用：{error}", f"The data folder {data} cannot be used: {error}"
    return Refusal(
        f"{zh}；请检查账户、权限和磁盘空间，或用 --data 指定其他目录。",
        f"{en}; look at its account, rights and room on the disk, or choose another with --data.",
    )
