"""A duty with other parameters: what law limits is never made looser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from journey.duties.duty import Basis, Duty, Limit

FIRST_MONTH = 9
MOST = 1_000
"""No number of a duty is larger: our own bound, within which every clock stays in its calendar."""
ORDINARY_YEAR = 2025
_WORDS = re.compile(r"[A-Za-z_]+( [A-Za-z_]+)*")
_NUMBERS = re.compile(r"-?[0-9]{1,2}( -?[0-9]{1,2})*")


class ParameterRefused(ValueError):
    """A parameter that the duty does not have, of the wrong kind, or looser than the law."""


class LawLoosened(ParameterRefused):
    """A parameter that would be looser than the law."""


def with_parameters(duty: Duty, changes: Mapping[str, int | str]) -> Duty:
    """Return the duty with these parameters changed.

    Raises ParameterRefused, in a sentence, where the duty has no such parameter, where it is a
    number and the change is not (or the other way round), where no clock could be reckoned with
    it, and where the law would be loosened: its numbers beyond their limit, its words by leaving
    one out.
    """
    for name, value in changes.items():
        _check(duty, name, value)
    parameters = {**duty.parameters, **changes}
    for limit in duty.limits:
        _hold(duty, limit, parameters)
    _check_dates(duty, parameters)
    return msgspec.structs.replace(duty, parameters=parameters)


def in_words(limit: Limit) -> str:
    """Return a limit as people read it, such as "limit_weeks at most 20"."""
    if limit.at_most is not None:
        return f"{' and '.join(limit.names)} at most {_joined(limit.at_most)}"
    return f"{' and '.join(limit.names)} at least {_joined(limit.at_least or ())}"


def _check(duty: Duty, name: str, value: int | str) -> None:
    if name not in duty.parameters:
        known = ", ".join(duty.parameters) or "none"
        raise ParameterRefused(f"{duty.id} has no parameter {name}; it has: {known}.")
    if type(value) is not type(duty.parameters[name]):
        expected = "a whole number" if isinstance(duty.parameters[name], int) else "text"
        raise ParameterRefused(f"{name} of {duty.id} must be {expected}.")
    if isinstance(value, int):
        if value < 0:
            raise ParameterRefused(f"{name} of {duty.id} must not be negative.")
        if value > MOST:
            raise ParameterRefused(f"{name} of {duty.id} must not be more than {MOST}.")
        return
    default = str(duty.parameters[name])
    if not _form_of(default).fullmatch(value):
        raise ParameterRefused(f"{name} of {duty.id} must be written like its default: {default}.")
    missing = set(default.split()) - set(value.split())
    if duty.basis is Basis.LAW and missing:
        raise LawLoosened(
            f"{duty.id} rests on law: {name} may have more than {default}, and must have"
            f" {' '.join(sorted(missing))}."
        )


def _form_of(default: str) -> re.Pattern[str]:
    """Return the form of a text parameter: numbers where its default is of numbers, else words."""
    return _NUMBERS if _NUMBERS.fullmatch(default) else _WORDS


def _check_dates(duty: Duty, parameters: Mapping[str, int | str]) -> None:
    for name, month in parameters.items():
        day = parameters.get(f"{name.removesuffix('month')}day")
        if not name.endswith("month") or day is None:
            continue
        try:
            date(ORDINARY_YEAR, int(month), int(day))
        except ValueError:
            raise ParameterRefused(
                f"{name} {month} and day {day} of {duty.id} are no day of an ordinary year."
            ) from None


def _hold(duty: Duty, limit: Limit, parameters: Mapping[str, int | str]) -> None:
    given = tuple(int(parameters[name]) for name in limit.names)
    most, least = limit.at_most, limit.at_least
    too_loose = (most is not None and _order(limit, given) > _order(limit, most)) or (
        least is not None and _order(limit, given) < _order(limit, least)
    )
    if too_loose:
        raise LawLoosened(
            f"{duty.id} rests on law, which allows {in_words(limit)}; it may be made stricter "
            "and not looser."
        )


def _order(limit: Limit, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Return what orders numbers; months are counted from September."""
    if limit.names[0] != "month":
        return numbers
    month, day = numbers
    return ((month - FIRST_MONTH) % 12, day)


def _joined(numbers: tuple[int, ...]) -> str:
    return " and ".join(str(number) for number in numbers)
