"""What a password has to be that somebody chooses: long, not common, unlike what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import FieldDoesNotExist, ValidationError

from singlewindow.hub.identity.declined import wrong
from singlewindow.hub.identity.passwords import LONGEST
from singlewindow.kernel.messages import Problem

SHORTEST = 10  # characters, as NIST SP 800-63B asks of a secret that stands alone, and two more
OURS = "singlewindow 单一窗口 国际贸易单一窗口"  # the service's own name is nobody's secret

WEAK = wrong(
    "password_weak",
    f"新密码至少 {SHORTEST} 个字符，且不含账号",
    f"A new password has at least {SHORTEST} characters and does not contain the login",
    "new",
)
COMMON = wrong(
    "password_common",
    "这个密码太常见，猜密码的人会先试它：请换几个不相干的词，连起来用",
    "This password is a common one, which guessers try first: take a few words that do not belong together",
    "new",
)
SIMILAR = wrong(
    "password_similar",
    "新密码与您的账号、姓名、单位或本平台的名称太接近，容易猜到",
    "The new password is too much like your login, your name, your firm or this platform's name",
    "new",
)


class _Common(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return ""  # said by ours, in both languages


class _Similar(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return ""


class _Fields:
    """Django asks what a field is called in its own sentence; ours do not need it."""

    @staticmethod
    def get_field(name: str) -> None:
        raise FieldDoesNotExist(name)


class _Chooser:
    _meta = _Fields

    def __init__(self, login: str, words: str) -> None:
        self.login, self.words = login, words


def problems(password: str, *, login: str, words: str) -> list[Problem]:
    """Everything that speaks against a password; ``words``: what others know of who chooses it."""
    found = []
    if not SHORTEST <= len(password) <= LONGEST or login in password.lower():
        found.append(WEAK)
    if not _passes(_common().validate, password[:LONGEST]):
        found.append(COMMON)
    if not _passes(_similar().validate, password[:LONGEST], _Chooser(login, f"{words} {OURS}")):
        found.append(SIMILAR)
    return found


def _passes(validate: Callable[..., None], *given: object) -> bool:
    try:
        validate(*given)
    except ValidationError:
        return False
    return True


@cache
def _common() -> _Common:
    """The 20,000 that Django ships, read when first asked for."""
    return _Common()


@cache
def _similar() -> _Similar:
    return _Similar(user_attributes=("login", "words"))
