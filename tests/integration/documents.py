"""Asks every operation of an OpenAPI document with ever new values, and holds answers to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
LONG = os.environ.get("JOINEDUP_FUZZ") == "long"
SHORT_EXAMPLES = 8
LONG_EXAMPLES = int(os.environ.get("JOINEDUP_FUZZ_EXAMPLES", "1000"))
KINDS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

Send = Callable[[Case], Any]
"""Sends a case as somebody who may ask, and returns the answer."""


def by(client: Any, more: Mapping[str, str]) -> Send:
    """Return what sends by a client of httpx, with more headers: those that let somebody in."""

    def send(case: Case) -> Any:
        said = case.as_transport_kwargs(base_url=str(client.base_url).rstrip("/"))
        body = {name: said[name] for name in ("json", "data") if said.get(name) is not None}
        if isinstance(body.get("data"), str | bytes):
            body = {"content": body["data"]}
        return client.request(
            said["method"],
            said["url"],
            headers={**said.get("headers", {}), **more},
            params=said.get("params"),
            follow_redirects=False,
            **body,
        )

    return send


def operations(document: dict[str, Any]) -> Iterator[Any]:
    """Yield every operation of the document."""
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        yield found.ok()


def hold(operation: Any, send: Send, known: dict[str, str] | None = None) -> int:
    """Ask an operation what fits the document and what does not; return how often it was asked.

    known: what is there, by the names in paths: half of the cases are about these, so that they
        come beyond "there is no such".
    """
    asked = 0
    long = {"max_examples": LONG_EXAMPLES, "derandomize": False}
    short = {"max_examples": SHORT_EXAMPLES, "derandomize": True, "database": None}

    @settings(
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        **(long if LONG else short),
    )
    @given(case=st.one_of(*map(operation.as_strategy, KINDS)), about_known=st.booleans())
    def ask(case: Case, about_known: bool) -> None:
        nonlocal asked
        asked += 1
        if about_known and known:
            for name in set(case.path_parameters) & set(known):
                case.path_parameters[name] = known[name]
        case.validate_response(send(case), checks=CHECKS)

    ask()
    return asked
