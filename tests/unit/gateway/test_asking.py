"""A system asks the gateway what became of its event."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from gateway.receipts import MEANING, Receipt
from tests.unit.gateway.conftest import SCHOOL, TRUST, Gateway
from tests.unit.gateway.test_events import REVIEW, post

EVENT = "71c51694-f7ec-5952-8e89-9147fc876dc0"


class Kept:
    """Receipts in memory; or a store that is away."""

    def __init__(self, *found: tuple[str, Receipt], is_away: bool = False) -> None:
        self._found = {(source, one.event_id): one for source, one in found}
        self._is_away = is_away

    def close(self) -> None:
        """Do nothing."""

    def find(self, source: str, event_id: str) -> Receipt | None:
        """Return what is kept."""
        if self._is_away:
            raise psycopg.OperationalError("postgresql://secret@host")
        return self._found.get((source, event_id))


def give(gateway: Gateway, receipts: Kept | None) -> None:
    app = gateway.http.app
    app.state.parts = replace(app.state.parts, receipts=receipts)  # type: ignore[attr-defined]


def ask(gateway: Gateway, event_id: str = EVENT, name: str = SCHOOL):  # type: ignore[no-untyped-def]
    return gateway.http.get(f"/events/{event_id}", headers=gateway.bearer(name))


def test_the_outcome_is_told_with_what_it_means_to_its_own_source_alone(gateway: Gateway) -> None:
    refused = Receipt(event_id=EVENT, outcome="refused", reason="contract", local_authority="330")
    give(gateway, Kept((SCHOOL, refused)))
    answer = ask(gateway)
    assert answer.status_code == 200
    assert answer.json()["reason"] == "contract"
    assert answer.json()["meaning"] == MEANING["refused"]
    assert answer.headers["cache-control"] == "no-store"
    other = ask(gateway, name=TRUST)
    assert (other.status_code, other.json()["status"]) == (404, 404)


def test_what_the_broker_has_and_the_platform_has_not_come_to_is_accepted(
    gateway: Gateway,
) -> None:
    give(gateway, Kept())
    event_id = post(gateway, REVIEW).json()["events"][0]["event_id"]
    assert ask(gateway, event_id).json()["outcome"] == "accepted"
    assert ask(gateway, event_id, TRUST).status_code == 404
    assert ask(gateway).status_code == 404


@pytest.mark.parametrize("receipts", [None, Kept(is_away=True)])
def test_where_receipts_cannot_be_read_it_says_so_and_shows_no_secret(
    gateway: Gateway, receipts: Kept | None, caplog: pytest.LogCaptureFixture
) -> None:
    give(gateway, receipts)
    answer = ask(gateway)
    assert answer.status_code == 503
    assert "secret" not in answer.text + caplog.text
    give(gateway, None)


def test_an_id_that_is_none_is_refused(gateway: Gateway) -> None:
    assert ask(gateway, "seven").status_code == 422
    assert gateway.http.get(f"/events/{EVENT}").status_code == 401
