"""One's own password: changed with the present one, not guessed from inside, fit to keep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singlewindow.hub.identity import own, passwords, queries, staff
from singlewindow.hub.identity.declined import Declined
from singlewindow.kernel.messages import Actor, Viewer

from .conftest import PASSWORD, World

pytestmark = pytest.mark.database
AT = datetime.now(UTC)


def actor(world: World, person: int = 0) -> Actor:
    return Actor("person", str(person or world.broker), "管理员", world.yi)


def admitted(world: World) -> tuple[int, str]:
    """Somebody new in 乙: their number and their password for one sign-in."""
    given = {"login": "new.person", "name": "新人", "language": "en", "roles": ("declarant",)}
    with world.serving(world.yi) as cursor:
        password = staff.admit(actor(world), cursor, **given, at=AT)
        found = [one.id for one in queries.people(viewer(world.yi), cursor) if one.login == "new.person"]
    return found[0], password


def viewer(party: int) -> Viewer:
    return Viewer((party,), frozenset({"identity.read"}), party=party)


def test_one_changes_ones_own_password_only_with_the_present_one(world: World) -> None:
    def change(old: str, new: str, again: str) -> set[str]:
        with world.serving(world.yi) as cursor:
            work = {"old": old, "new": new, "again": again, "at": datetime.now(UTC)}
            try:
                own.change_password(actor(world), cursor, **work)
            except Declined as error:
                return {problem.code for problem in error.problems}
        return set()

    assert change("wrong", "short", "shorter") == {
        "accounts.password_wrong",
        "accounts.password_weak",
        "accounts.password_unlike",
    }
    assert change(PASSWORD, PASSWORD, PASSWORD) == {"accounts.password_same"}
    assert change(PASSWORD, "Password123", "Password123") == {"accounts.password_common"}
    code = "91500105MADEM0Y2X3"  # of the firm
    assert change(PASSWORD, f"{code}!", f"{code}!") == {"accounts.password_similar"}
    fresh = "another horse, another staple"
    assert change(PASSWORD, fresh, fresh) == set()
    (stored,) = world.database.execute("sw_engine", "select password_hash from person")[0]
    assert passwords.matches(str(stored), fresh)


def test_guessing_ones_password_from_inside_locks_that_and_not_signing_in(world: World) -> None:
    codes = []
    for _ in range(6):
        with world.serving(world.yi) as cursor:
            work = {"old": "guess", "new": "long enough to be one", "again": "long enough to be one"}
            with pytest.raises(Declined) as caught:
                own.change_password(actor(world), cursor, **work, at=datetime.now(UTC))
            cursor.connection.commit()
        codes.append(caught.value.problems[0].code)
    assert codes == ["accounts.password_wrong"] * 5 + ["accounts.locked"]
    barred = "select sign_in_barred(%s, '198.51.100.7', false)"
    assert world.database.execute("sw_web", barred, world.broker) == [(False,)]


def test_an_administrator_sees_that_somebody_is_locked_somewhere(world: World) -> None:
    for _ in range(5):
        world.database.execute("sw_web", "select sign_in_failed(%s, '198.51.100.7', false)", world.broker)
    with world.serving(world.yi) as cursor:
        (one,) = queries.people(viewer(world.yi), cursor)
        assert one.locked_until is not None
        staff.reset_password(actor(world), cursor, person=world.broker, at=AT)
        (one,) = queries.people(viewer(world.yi), cursor)
        assert one.locked_until is None


def test_somebody_with_a_first_password_chooses_none_like_their_firms_name(world: World) -> None:
    person, given = admitted(world)
    with world.serving() as cursor:  # until they have chosen, they read for nobody
        tried = {"old": given, "new": "91500105-MADEM0", "again": "91500105-MADEM0"}
        with pytest.raises(Declined) as caught:
            own.change_password(actor(world, person), cursor, **tried, at=AT)
    assert "accounts.password_similar" in {problem.code for problem in caught.value.problems}
