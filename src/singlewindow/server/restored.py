"""That a platform was restored stands in its journal: when, from which backup, by whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.server import backup, database, given, rooms
from singlewindow.server.backup import Backup
from singlewindow.server.configuration import ENGINE, Configuration

CONCERNED = "select id from sw.party where kind in ('platform', 'agency', 'operator') order by id"


def record(configuration: Configuration, found: Backup, name: str, at: datetime) -> None:
    """One entry for the operator, the agencies and the terminals, who have to know what the platform forgot.

    ``name``: what the backup's folder is called. The dump is told by its digest, as its list of parts has it.
    """
    with database.connect(configuration, "postgres") as reading:
        viewers = [int(row[0]) for row in reading.execute(CONCERNED)]
    with database.connect(configuration, ENGINE) as connection, connection.cursor() as cursor:
        tell(cursor, [_entry(found, name, viewers, at)])


def _entry(found: Backup, name: str, viewers: list[int], at: datetime) -> Entry:
    dump = next(part.sha256 for part in found.parts if part.path == backup.DUMP)
    return entry(
        at=at,
        actor=given.operator("restore"),
        verb="platform.restored",
        subject_kind="platform",
        subject_id=UUID(bytes=bytes.fromhex(dump)[:16]),
        submission_id=None,
        content={
            "backup": name,
            "since": found.at.isoformat(),
            "dump": dump,
            "agencies": list(rooms.connectors()),
        },
        viewers=viewers,
    )
