"""A real Keycloak, started once for all that is tested with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import ProgramMissing
from tests.integration.oidc.keycloak import keycloak, unpacked
from tests.ports import free_ports


@pytest.fixture(scope="session")
def issuer(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The realm of the tests on a Keycloak that runs while the tests do."""
    log = tmp_path_factory.mktemp("keycloak") / "log"
    try:
        program = unpacked(cache)
    except ProgramMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"KEYCLOAK CANNOT BE FETCHED HERE: {missing}")
    with keycloak(program, free_ports().registry, log) as found:
        yield found
