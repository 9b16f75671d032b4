"""A process notices when PostgreSQL is gone without a word."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from consumers.address import NOTICES_LOSS, noticing_loss
from dashboard.settings import DashboardSettings
from gateway import receipts

GIVEN = "postgresql://joinedup_join:s3cret@127.0.0.1:5433/joinedup?sslmode=verify-full"


def test_an_address_says_how_soon_a_lost_server_is_noticed_and_all_that_it_said_before() -> None:
    held = conninfo_to_dict(noticing_loss(SecretStr(GIVEN)).get_secret_value())
    assert {name: int(held.pop(name)) for name in NOTICES_LOSS} == dict(NOTICES_LOSS)
    assert held == conninfo_to_dict(GIVEN)


def test_what_an_operator_says_of_it_holds() -> None:
    address = noticing_loss(SecretStr(f"{GIVEN}&keepalives_idle=60"))
    assert conninfo_to_dict(address.get_secret_value())["keepalives_idle"] == "60"


def test_a_lost_server_is_noticed_within_half_a_minute() -> None:
    probes = NOTICES_LOSS["keepalives_interval"] * NOTICES_LOSS["keepalives_count"]
    assert NOTICES_LOSS["keepalives_idle"] + probes <= 30
    assert NOTICES_LOSS["tcp_user_timeout"] <= 30_000


def test_the_gateway_notices_it_as_soon() -> None:
    assert receipts._NOTICES_LOSS == NOTICES_LOSS


def test_what_is_no_address_is_left_to_who_connects() -> None:
    assert noticing_loss(SecretStr("no address")).get_secret_value() == "no address"


@pytest.mark.parametrize("shown", [repr, str])
def test_settings_hide_the_password_in_the_address(shown: object) -> None:
    settings = DashboardSettings(
        database_url=SecretStr(GIVEN),
        keys_database_url=SecretStr(GIVEN),
        master_key=SecretStr("00" * 32),
        pseudonym_key=SecretStr("00"),
    )
    assert "keepalives_idle" in settings.database_url.get_secret_value()
    assert "s3cret" not in (repr(settings) if shown is repr else str(settings))
