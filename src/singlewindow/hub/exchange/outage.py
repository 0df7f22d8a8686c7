"""Whether an error of the data base says that it is away, or that one row is bad."""

from __future__ import annotations

from psycopg import OperationalError

# Connection, rollback, resources, not ready, intervention, system: SQLSTATE classes, appendix A.
# Class 54, a limit exceeded, is an OperationalError of the driver too, but a row's own fault.
_AWAY = ("08", "40", "53", "55", "57", "58")


def is_outage(error: BaseException) -> bool:
    """Whether waiting and trying again may help; everything else is a fault of what was tried."""
    if not isinstance(error, OperationalError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] in _AWAY
