"""A duty with other parameters: what law limits is never made looser."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from journey.duties.duty import Duty, Limit

FIRST_MONTH = 9


class ParameterRefused(ValueError):
    """A parameter that the duty does not have, of the wrong kind, or looser than the law."""


def with_parameters(duty: Duty, changes: Mapping[str, int | str]) -> Duty:
    """Return the duty with these parameters changed.

    Raises ParameterRefused, in a sentence, where the duty has no such parameter, where it is a
    number and the change is not (or the other way round), and where the law would be loosened.
    """
    for name, value in changes.items():
        _check(duty, name, value)
    parameters = {**duty.parameters, **changes}
    for limit in duty.limits:
        _hold(duty, limit, parameters)
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
    if isinstance(value, int) and value < 0:
        raise ParameterRefused(f"{name} of {duty.id} must not be negative.")


def _hold(duty: Duty, limit: Limit, parameters: Mapping[str, int | str]) -> None:
    given = tuple(int(parameters[name]) for name in limit.names)
    most, least = limit.at_most, limit.at_least
    too_loose = (most is not None and _order(limit, given) > _order(limit, most)) or (
        least is not None and _order(limit, given) < _order(limit, least)
    )
    if too_loose:
        raise ParameterRefused(
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
