"""The unified social credit code (统一社会信用代码) of a firm or body, GB 32100-2015.

Eighteen characters: registration department, category, six digits of the administrative division,
nine of the organisation code and a check character. I, O, S, V and Z are never used.
"""

from __future__ import annotations

from singlewindow.kernel.messages import Problem, Text

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_SHOWN = 40  # of a wrong value, what a message repeats


def check_character(body: str) -> str:
    """The last character that belongs to the first 17; KeyError outside the alphabet."""
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[-total % 31]


def check(value: str, field: str = "") -> Problem | None:
    """What is wrong with a code as written, first of form and then of its check character."""
    if len(value) != LENGTH:
        return _problem(
            "uscc.length",
            value,
            field,
            Text("统一社会信用代码应为 18 位", "A unified social credit code has 18 characters"),
            Text(f"现有 {len(value)} 位，请核对", f"This one has {len(value)}; check it"),
        )
    strange = "".join(sorted(set(value) - _VALUES.keys()))
    if strange or not _is_division(value[2:8]):
        return _malformed(value, field, strange)
    wanted = check_character(value[:17])
    if value[17] == wanted:
        return None
    return _problem(
        "uscc.check",
        value,
        field,
        Text("统一社会信用代码校验位不对", "The check character of the unified social credit code is wrong"),
        Text(
            f"前 17 位若无误，末位应为 {wanted}",
            f"If the first 17 characters are right, the last one is {wanted}",
        ),
    )


def _is_division(part: str) -> bool:
    return part.isascii() and part.isdigit()


def _malformed(value: str, field: str, strange: str) -> Problem:
    text = Text("统一社会信用代码格式不对", "The unified social credit code is malformed")
    if strange:
        remedy = Text(
            f"不应出现“{strange}”；只用数字和大写字母，不用 I、O、S、V、Z",
            f'"{strange}" cannot occur; digits and capital letters except I, O, S, V, Z',
        )
    else:
        remedy = Text("第 3 至 8 位为行政区划，应为数字", "Places 3 to 8, the division, are digits")
    return _problem("uscc.form", value, field, text, remedy)


def _problem(code: str, value: str, field: str, text: Text, remedy: Text) -> Problem:
    return Problem(code=code, text=text, field=field, value=value[:_SHOWN], remedy=remedy)
