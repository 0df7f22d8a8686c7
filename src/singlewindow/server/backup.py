"""A backup: all that cannot be made again, of one instant, in a folder that is whole or not there at all."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import database, dumping, endpoints, keys, postgres, terminals
from singlewindow.server.configuration import Configuration, from_file
from singlewindow.server.refusal import Refusal

FORMAT = 1
DUMP, LIST = "database.dump", "backup.json"
MOST_LISTED = 1_000_000  # bytes of the list of parts
BESIDE_LEDGER = ("-wal", "-shm")  # SQLite's own, of which a copy holds nothing
LOADED = ("secrets.toml", "singlewindow.toml", "demo.toml")


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One file, by its path below the backup."""

    path: str
    bytes: Annotated[int, Meta(ge=0)]
    sha256: str


class Backup(Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup consists of; written last, so that there is none without all of its parts."""

    format: int
    at: datetime
    data: str  # the folder it was made of
    postgres: str
    parts: list[Part]


def take(configuration: Configuration, target: Path, at: datetime) -> Backup:
    """Back a running platform up into a new folder; raises ``Refusal``, and leaves nothing then."""
    require_embedded(configuration)
    require_new(target)
    require_room(configuration, target.parent)
    unfinished = target.with_name(f".{target.name}.unfinished")
    begin(unfinished)
    try:
        for path in kept(configuration):
            keys.write_privately(unfinished / path.relative_to(configuration.data), path.read_bytes())
        dumping.dump(configuration, unfinished / DUMP)
        rehearsed(configuration, unfinished)
        made = Backup(FORMAT, at, str(configuration.data), postgres.major(), parts(unfinished))
        keys.write_privately(unfinished / LIST, msgspec.json.format(msgspec.json.encode(made)))
        unfinished.rename(target)
        keys.keep_names(target.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return made


def kept(configuration: Configuration) -> Iterator[Path]:
    """Beside the database: secrets, keys, settings, terminals, and how each partner is reached."""
    data = configuration.data
    yield from (data / name for name in LOADED if (data / name).exists())
    yield from terminals.files(configuration)
    yield from sorted(path for path in (data / "keys").rglob("*") if path.is_file())
    yield from (endpoints.file_of(configuration, each) for each in endpoints.configured(configuration))


def rehearsed(configuration: Configuration, target: Path) -> None:
    """What the demonstration's partners remember: begun anew they would give numbers a second time.

    After the database, as real partners are always ahead of a backup; what they file away meanwhile is not.
    """
    for path in sorted((configuration.data / "counterparts").rglob("*")):
        copy = target / path.relative_to(configuration.data)
        if path.suffix == ".db":
            keys.write_privately(copy, b"")
            with closing(sqlite3.connect(path)) as ledger, closing(sqlite3.connect(copy)) as copied:
                ledger.backup(copied)
        elif path.is_file() and not path.name.endswith(BESIDE_LEDGER):
            with suppress(FileNotFoundError):
                keys.write_privately(copy, path.read_bytes())


def parts(folder: Path) -> list[Part]:
    """Every file below a folder, in order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [Part(path.relative_to(folder).as_posix(), path.stat().st_size, digest(path)) for path in files]


def digest(path: Path) -> str:
    """SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def begin(unfinished: Path) -> None:
    """A folder of ours alone; one that is there is somebody's who still writes, or was killed."""
    try:
        unfinished.mkdir(mode=0o700)
    except FileExistsError:
        raise refusal(
            "backup-under-way",
            Text(
                f"{unfinished} 已存在：另一次备份正在进行，或中断了",
                f"{unfinished} is there: another backup is under way, or was interrupted",
            ),
            Text("请等它完成；中断的请先删除", "wait for it; remove one that was interrupted"),
        ) from None
    except OSError as error:
        raise refusal(
            "backup-unwritable",
            Text(
                f"无法建立 {unfinished}：{error.strerror}", f"{unfinished} cannot be made: {error.strerror}"
            ),
            Text("请换一个目录", "name another folder"),
        ) from error


def require_embedded(configuration: Configuration) -> None:
    """Whoever keeps another server has its own means, and rights that we lack."""
    if configuration.database_url:
        raise refusal(
            "backup-elsewhere",
            Text(
                "DATABASE_URL 的数据库由管理服务器的人备份",
                "the database of DATABASE_URL is its keeper's to back up",
            ),
            Text(
                "请用 pg_dump 或 pg_basebackup，并复制 secrets.toml、keys 和 components",
                "use pg_dump or pg_basebackup, and copy secrets.toml, keys and components",
            ),
        )


def require_new(target: Path) -> None:
    """Nothing is written over."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise refusal(
            "backup-exists",
            Text(f"{target} 已存在", f"{target} is there already"),
            Text("每次备份请用新目录", "give each backup a folder of its own"),
        )


def require_room(configuration: Configuration, folder: Path) -> None:
    """A dump is smaller than its database, so room for that is enough."""
    if not folder.is_dir():
        raise refusal(
            "backup-unwritable",
            Text(f"没有目录 {folder}", f"there is no folder {folder}"),
            Text("请先建立，或换一个", "make it first, or name another"),
        )
    with database.connect(configuration, "postgres") as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    needed, free = (row[0] if row else 0), shutil.disk_usage(folder).free
    if free < needed:
        raise refusal(
            "backup-no-room",
            Text(
                f"{folder} 可用 {free / 10**9:.1f} GB，数据库有 {needed / 10**9:.1f} GB",
                f"{folder} has {free / 10**9:.1f} GB free, the database {needed / 10**9:.1f} GB",
            ),
            Text("请腾出空间，或换一个磁盘", "make room, or name a folder on another disk"),
        )


def read(source: Path) -> Backup:
    """A backup, every part of it compared with what was written; raises ``Refusal``."""
    try:
        with (source / LIST).open("rb") as file:
            found = msgspec.json.decode(file.read(MOST_LISTED), type=Backup)
    except (OSError, ValueError) as error:
        raise damaged(source, Text(f"{LIST} 无法读取", f"{LIST} cannot be read")) from error
    if found.format != FORMAT:
        raise damaged(source, Text(f"格式 {found.format} 不认识", f"its format {found.format} is not known"))
    for part in found.parts:
        if not is_below(part.path) or not same(source / part.path, part):
            raise damaged(source, Text(f"{part.path} 缺少或已改变", f"{part.path} is missing or was changed"))
    if DUMP not in {part.path for part in found.parts}:
        raise damaged(source, Text(f"没有 {DUMP}", f"it has no {DUMP}"))
    return found


def is_below(path: str) -> bool:
    """Whether a path stays where it is put."""
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts


def same(file: Path, part: Part) -> bool:
    """Whether a file is what was written."""
    try:
        return file.stat().st_size == part.bytes and digest(file) == part.sha256
    except OSError:
        return False


def damaged(source: Path, why: Text) -> Refusal:
    """It is no backup, or no more."""
    return refusal(
        "backup-damaged",
        Text(f"{source} 不是完好的备份：{why.zh}", f"{source} is no sound backup: {why.en}"),
        Text("请用另一份备份", "use another one"),
    )


def put_back(source: Path, found: Backup, data: Path) -> None:
    """Every part but the database, readable to their owner alone."""
    for part in found.parts:
        if part.path != DUMP:
            keys.write_privately(data / part.path, (source / part.path).read_bytes())
    for path in (data / "components").glob("*.toml"):
        moved = {name: below(data, found.data, value) for name, value in from_file(path).items()}
        keys.write_privately(path, endpoints.toml(moved).encode())


def below(data: Path, before: str, value: object) -> object:
    """A path in the folder that was backed up, in the new one; anything else as it is."""
    if isinstance(value, str) and value.startswith(f"{before}/"):
        return str(data / Path(value).relative_to(before))
    return value


def refusal(code: str, text: Text, remedy: Text) -> Refusal:
    """Why it is not done, and what to do."""
    return Refusal.of(Problem(code, text, remedy=remedy))
