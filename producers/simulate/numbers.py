"""Identifiers of people who do not exist, with the check characters that real ones have."""

from __future__ import annotations

from collections.abc import Callable

LA = "999"
"""The invented authority's code: no real authority has it."""

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_NHS_FROM = 999_100_000
_ULN_FROM = 999_000_000
_NO_CHECK_DIGIT = 10


def upn(establishment: str, year: int, serial: int) -> str:
    """Return a permanent UPN issued by this establishment (four digits) in this year."""
    body = f"{LA}{establishment}{year % 100:02d}{serial:03d}"
    total = sum(int(digit) * weight for weight, digit in enumerate(body, start=2))
    return _UPN_LETTERS[total % 23] + body


def nhs_number(position: int) -> str:
    """Return the NHS number at this position of the range that is never issued to a person."""
    return _at(position, _NHS_FROM, _nhs_check)


def uln(position: int) -> str:
    """Return the unique learner number at this position of a range of our own."""
    return _at(position, _ULN_FROM, _uln_check)


def _at(position: int, start: int, check: Callable[[int], int | None]) -> str:
    # Of two stems that follow each other at least one has a check digit.
    stem = start + position * 2
    digit = check(stem)
    if digit is None:
        stem += 1
        digit = check(stem)
    return f"{stem}{digit}"


def _weighted(stem: int) -> int:
    return sum(
        int(digit) * weight for digit, weight in zip(str(stem), range(10, 1, -1), strict=True)
    )


def _nhs_check(stem: int) -> int | None:
    digit = (11 - _weighted(stem) % 11) % 11
    return None if digit == _NO_CHECK_DIGIT else digit


def _uln_check(stem: int) -> int | None:
    remainder = _weighted(stem) % 11
    return None if remainder == 0 else 10 - remainder
