"""Whatever is posted to the gateway: events that keep the contract, or a problem in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import PROFILE
from tests.fuzz.gateway import MODES, bodies, fuzzed
from tests.fuzz.mutations import broken


@pytest.mark.parametrize("mode", MODES)
def test_a_broken_request_is_taken_or_answered_with_a_problem(mode: str, tmp_path: Path) -> None:
    with fuzzed(tmp_path) as gateway:
        for whole in bodies(mode):
            gateway.assert_promise(mode, whole)

        @PROFILE
        @given(broken(st.sampled_from(bodies(mode))))
        def check(content: bytes) -> None:
            gateway.assert_promise(mode, content)

        check()
