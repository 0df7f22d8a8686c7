"""Secrets made once and kept under the data folder, for its owner only: passwords and keys."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.refusal import Refusal

BYTES = 24


def secret() -> str:
    """A password nobody guesses."""
    return secrets.token_urlsafe(BYTES)


def kept(path: Path, names: Iterable[str], make: Callable[[], str] = secret) -> dict[str, str]:
    """The named secrets of a file; those it lacks are made and added."""
    found = known(path)
    missing = [name for name in names if name not in found]
    if missing:
        found |= {name: make() for name in missing}
        write_privately(path, "".join(f'{name} = "{value}"\n' for name, value in found.items()).encode())
    return found


def known(path: Path) -> dict[str, str]:
    """The secrets of a file, none where it is not there; raises ``Refusal`` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise Refusal.of(_unreadable(path, error)) from error


def _unreadable(path: Path, error: Exception) -> Problem:
    why = getattr(error, "strerror", None) or error
    remedy = Text("请用运行平台的账户执行", "run it as the account that runs the platform")
    return Problem(
        "secrets-unreadable",
        Text(f"无法读取 {path}：{why}", f"{path} cannot be read: {why}"),
        value=str(path),
        remedy=remedy if isinstance(error, PermissionError) else None,
    )


def signing_key(path: Path) -> Path:
    """The platform's own key (ECDSA P-256, PKCS 8 PEM), made if there is none."""
    if not path.exists():
        key = generate_private_key(SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_privately(path, pem)
    return path


def write_privately(path: Path, content: bytes) -> None:
    """Replace a file in one step; nobody but its owner may ever read it."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """What was put into a folder, or took another's place there, stays so after a power cut."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def readable_by_others(paths: Iterable[Path]) -> list[Path]:
    """The files among ``paths`` that somebody beside their owner may read."""
    return [path for path in paths if path.exists() and path.stat().st_mode & 0o077]
