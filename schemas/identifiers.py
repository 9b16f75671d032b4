"""The identifiers of a child: how each is written, and whether it can tell one child from another.

Format and check digit are judged apart. A UPN with a wrong check letter is flagged and used, since
schools' systems hold many; an NHS number or ULN that fails its sum is some other number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

SCHEMES = ("NHS", "UPN", "ULN", "LA_CHILD_ID", "SUI", "MIS_ID", "HEALTH_LOCAL_ID")
STATUSES = ("VERIFIED", "UNVERIFIED", "TEMPORARY", "FORMER")
#: Identifiers that one system gives by itself; they mean nothing outside it.
OWN_IDS = frozenset({"MIS_ID", "LA_CHILD_ID", "HEALTH_LOCAL_ID"})

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(rf"[{_UPN_LETTERS}]\d{{11}}[\d{_UPN_LETTERS}]", re.ASCII)
_UPN_MISSING = re.compile(r"UN[1-9]", re.ASCII)
_TEN_DIGITS = re.compile(r"\d{10}", re.ASCII)
_OPAQUE = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)
_TEMPORARY_ULN = "9999999999"
_NO_ID = frozenset({"UNKNOWN", "N/A", "NA", "NONE", "NULL", "NOTKNOWN", "TBC", "TEST"})
_MAX_OWN_ID = 200
_LONGEST = 1_000
_REMEMBERED = 20_000


@dataclass(frozen=True)
class Checked:
    """An identifier as judged.

    value: in its normal form, without blanks. usable: whether it may tell one child from another.
    flags: bad-format, bad-check-digit, dummy, temporary, missing-reason, opaque, unknown-area,
        test-range or unissued-range, those that apply.
    """

    value: str
    usable: bool
    flags: tuple[str, ...] = ()


def check(scheme: str, value: str, *, opaque_ok: bool = False) -> Checked:
    """Return how an identifier of this scheme is to be read; raises ValueError on a scheme unknown.

    opaque_ok: take a UPN field that holds a test file's key of another form for what it is.
    """
    # Nothing so long is an identifier, and thousands of them remembered would fill the memory.
    return _check(scheme, value if len(value) <= _LONGEST else "", opaque_ok)


@lru_cache(_REMEMBERED)  # a child's identifiers come with each event about the child
def _check(scheme: str, value: str, opaque_ok: bool) -> Checked:
    judge = _JUDGES.get(scheme)
    if judge is None:
        raise ValueError(f"No identifier scheme {scheme!r}; use one of {', '.join(SCHEMES)}.")
    checked = judge(value)
    if opaque_ok and scheme == "UPN" and checked.flags == ("bad-format",):
        return _opaque_upn(checked.value)
    return checked


def _nhs(value: str) -> Checked:
    digits = _bare(value)
    if not _TEN_DIGITS.fullmatch(digits):
        return Checked(digits, False, ("bad-format",))
    if digits == digits[0] * 10:
        return Checked(digits, False, ("dummy",))
    # A remainder that asks for the digit 10 fits no digit, so no such number was ever issued.
    if -_weighted(digits[:9]) % 11 != int(digits[9]):
        return Checked(digits, False, ("bad-check-digit",))
    return Checked(digits, True, _nhs_range(digits))


def _nhs_range(digits: str) -> tuple[str, ...]:
    if digits.startswith("999"):
        return ("test-range",)
    return () if digits[0] in "3467" else ("unissued-range",)


def _uln(value: str) -> Checked:
    digits = _bare(value)
    if digits == _TEMPORARY_ULN:
        return Checked(digits, False, ("temporary",))
    if not _TEN_DIGITS.fullmatch(digits) or digits[0] == "0":
        return Checked(digits, False, ("bad-format",))
    if (_weighted(digits[:9]) + int(digits[9])) % 11 != 10:
        return Checked(digits, False, ("bad-check-digit",))
    return Checked(digits, True)


def _upn(value: str) -> Checked:
    upn = _bare(value).upper()
    if _UPN_MISSING.fullmatch(upn):
        return Checked(upn, False, ("missing-reason",))
    if not _UPN.fullmatch(upn):
        return Checked(upn, False, ("bad-format",))
    if len(set(upn[1:12])) == 1:
        return Checked(upn, False, ("dummy",))
    flags = (
        ("bad-check-digit", _upn_letter(upn) != upn[0]),
        ("unknown-area", upn[1:4] not in upn_areas()),
        ("temporary", upn[12].isalpha()),
    )
    return Checked(upn, True, tuple(name for name, applies in flags if applies))


def _upn_letter(upn: str) -> str:
    total = sum(
        weight * (int(char) if char.isdigit() else _UPN_LETTERS.index(char))
        for weight, char in enumerate(upn[1:], start=2)
    )
    return _UPN_LETTERS[total % 23]


def _opaque_upn(value: str) -> Checked:
    usable = _OPAQUE.fullmatch(value) is not None and value not in _NO_ID
    return Checked(value, usable, ("opaque",) if usable else ("bad-format",))


def _own_id(value: str) -> Checked:
    text = value.strip()
    if not text or len(text) > _MAX_OWN_ID or not text.isprintable():
        return Checked(text, False, ("bad-format",))
    if text.strip("0-. ") == "" or text.upper().replace(" ", "") in _NO_ID:
        return Checked(text, False, ("dummy",))
    return Checked(text, True)


def _weighted(digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(range(10, 0, -1), digits, strict=False))


def _bare(value: str) -> str:
    return value.replace(" ", "").replace("-", "").strip()


@cache
def upn_areas() -> frozenset[str]:
    """Return the local authority codes that schools issue UPNs under; data, since new ones come."""
    lines = (files("schemas") / "upn_areas.txt").read_text("utf-8").split()
    return frozenset(code for line in lines for code in _codes(line))


def _codes(line: str) -> list[str]:
    first, _, last = line.partition("-")
    return [f"{code:03}" for code in range(int(first), int(last or first) + 1)]


_JUDGES: dict[str, Callable[[str], Checked]] = {
    "NHS": _nhs,
    "UPN": _upn,
    "ULN": _uln,
    "LA_CHILD_ID": _own_id,
    "SUI": _own_id,
    "MIS_ID": _own_id,
    "HEALTH_LOCAL_ID": _own_id,
}
