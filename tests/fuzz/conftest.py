"""How long the fuzzing is: short with fixed seeds in every run, long in `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Verbosity, settings

_UNHURRIED = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
    "print_blob": True,
    "verbosity": Verbosity.normal,
}
settings.register_profile("short", max_examples=30, derandomize=True, **_UNHURRIED)
settings.register_profile(
    "long", max_examples=int(os.environ.get("JOINEDUP_FUZZ_EXAMPLES", "10000")), **_UNHURRIED
)

PROFILE = settings.get_profile(os.environ.get("JOINEDUP_FUZZ", "short"))
