"""How strongly and how lately somebody has to have proved who they are, where that is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.oidc.strength import asked_for, weakness
from tests.unit.dashboard.test_claims import settings

NOW = 1_750_000_000.0
STRONG: dict[str, Any] = {"acr": "gold", "amr": ["pwd", "mfa"], "auth_time": int(NOW) - 60}
ASKED = {"acr": "gold silver", "amr": "mfa pwd", "max_age_seconds": 300}


def test_nothing_is_asked_for_that_nobody_set() -> None:
    assert weakness({}, settings(), NOW) is None
    assert asked_for(settings()) == {}


def test_who_proved_it_as_strongly_and_as_lately_as_is_asked_comes_in() -> None:
    assert weakness(STRONG, settings(**ASKED), NOW) is None
    assert weakness({**STRONG, "acr": "silver"}, settings(**ASKED), NOW) is None
    assert weakness({**STRONG, "auth_time": NOW - 329}, settings(**ASKED), NOW) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"acr": "bronze"},
        {"acr": None},
        {"acr": ["gold"]},
        {"acr": ""},
        {"amr": ["pwd"]},
        {"amr": "mfa pwd"},
        {"amr": [1, ["mfa"]]},
        {"amr": None},
        {"auth_time": NOW - 331},
        {"auth_time": None},
        {"auth_time": True},
        {"auth_time": str(int(NOW))},
    ],
)
def test_whoever_did_not_or_of_whom_it_is_not_said_is_turned_away(changed: dict[str, Any]) -> None:
    found = weakness(STRONG | changed, settings(**ASKED), NOW)
    assert found is not None and found.sentence.endswith(".")


def test_the_provider_is_asked_for_the_strength_and_the_lateness() -> None:
    assert asked_for(settings(**ASKED)) == {"acr_values": "gold silver", "max_age": "300"}
