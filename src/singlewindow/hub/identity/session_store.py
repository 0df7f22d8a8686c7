"""Sessions of browsers in the data base: only a digest of the key is stored, so a copy opens nothing."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import connection

from singlewindow.hub.identity.asking import lookups

READ = "select data from session where key = %s and expires > now()"
CREATE = "insert into session (key, data, expires) values (%s, %s, %s) on conflict (key) do nothing"
UPDATE = "update session set data = %s, expires = %s where key = %s"
DELETE = "delete from session where key = %s"
EXPIRED = "delete from session where expires < now()"


def digest(key: str) -> bytes:
    """What is stored of a session's key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


class SessionStore(SessionBase):
    """A session engine for Django over the table ``session``."""

    def load(self) -> dict[str, Any]:
        row = self._one(READ, [digest(self.session_key)]) if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])

    def exists(self, session_key: str) -> bool:
        return self._one(READ, [digest(session_key)]) is not None

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        key, expires = digest(self.session_key), self.get_expiry_date()
        if must_create:
            if self._changed(CREATE, [key, data, expires]) == 0:
                raise CreateError
        elif self._changed(UPDATE, [data, expires, key]) == 0:
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self._changed(DELETE, [digest(key)])

    @classmethod
    def clear_expired(cls) -> None:
        cls._changed(EXPIRED, [])

    @staticmethod
    def _one(statement: str, values: list[Any]) -> tuple[Any, ...] | None:
        with lookups() as cursor:
            row: tuple[Any, ...] | None = cursor.execute(statement, values).fetchone()
            return row

    @staticmethod
    def _changed(statement: str, values: list[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)
