"""PostgreSQL's address, so that a process notices within half a minute that the server is gone.

A machine that loses power, or a network that swallows what is sent, tells nobody. By the kernel's
defaults a process then waits two hours for an answer, and a quarter of an hour to send: an alert
would be that late. Seconds, but for tcp_user_timeout, which is in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import AfterValidator, SecretStr

NOTICES_LOSS: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def noticing_loss(address: SecretStr) -> SecretStr:
    """Return the libpq address with these settings, where it says nothing else of them itself.

    What is no address is returned as it is: who connects to it is told so.
    """
    try:
        given = conninfo_to_dict(address.get_secret_value())
    except ProgrammingError:
        return address
    return SecretStr(make_conninfo("", **{**NOTICES_LOSS, **given}))


PostgresAddress = Annotated[SecretStr, AfterValidator(noticing_loss)]
