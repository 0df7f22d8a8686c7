"""The unprivileged account PostgreSQL runs under when the platform is started as root, and where it may live.

PostgreSQL refuses to run as root, and the account it runs under cannot enter private folders such
as /root. The modes of those folders are not ours to change, so what the account must reach is then
kept below ``SHARED`` instead, and the data folder holds a link to it. Capabilities or namespaces
would avoid the second place but are missing in ordinary containers.
"""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from singlewindow.server.refusal import Refusal

SHARED = Path("/var/lib/singlewindow")
NAMES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An operating system user."""

    name: str
    user: int
    group: int


def name_of(user: int) -> str:
    """The account's name, its number where it has none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def server_account() -> Account | None:
    """Who PostgreSQL runs as: nobody else (None) unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in NAMES:
        if name in known:
            return Account(name, known[name].pw_uid, known[name].pw_gid)
    raise Refusal(
        f"以 root 启动时需要系统账户 {' 或 '.join(NAMES)} 来运行 PostgreSQL。",
        f"Started as root, the platform needs the system account {' or '.join(NAMES)} to run PostgreSQL.",
    )


def reaches(account: Account, path: Path) -> bool:
    """Whether the account can enter a folder (asked of the kernel, so that ACLs count)."""
    tried = subprocess.run(
        ["test", "-x", str(path)], user=account.user, group=account.group, extra_groups=[], check=False
    )
    return tried.returncode == 0


def private_folder(path: Path, account: Account | None) -> Path:
    """Make a folder only its owner may enter, owned by the account; parents are made, never changed.

    Raises ``Refusal`` where somebody else was quicker with its name.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in {
        os.geteuid(),
        account.user if account else os.geteuid(),
    }:
        raise Refusal(f"{path} 属于其他账户；请移走它。", f"{path} belongs to another account; move it away.")
    path.chmod(0o700)
    if account:
        os.chown(path, account.user, account.group)
    return path


def home_of_server(data: Path, account: Account | None) -> Path:
    """Where the cluster lives: ``<data>/postgres``, or a folder below ``SHARED`` that it links to."""
    home = data / "postgres"
    if home.exists():
        return home.resolve()
    if account is None or reaches(account, data):
        return private_folder(home, account).resolve()
    elsewhere = shared(f"{data.parent.name}-{data.name}-{secrets.token_hex(4)}")
    home.symlink_to(private_folder(elsewhere, account))
    return elsewhere


def shared(name: str) -> Path:
    """A path below ``SHARED``, which root makes once."""
    try:
        if not SHARED.exists():
            SHARED.mkdir()
            SHARED.chmod(0o755)  # whatever the umask
    except OSError as error:
        raise Refusal(
            f"PostgreSQL 账户进不了数据目录，也无法创建 {SHARED}：{error}。请用 --data 指定其他目录。",
            f"PostgreSQL's account cannot enter the data folder, and {SHARED} cannot be made: {error}. "
            "Choose another folder with --data.",
        ) from error
    return SHARED / name
