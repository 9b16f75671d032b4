"""The store held against the checkpoints on their topic, which only the sealer can write."""

from __future__ import annotations

import msgspec
import psycopg
from psycopg import sql

from consumers.audit.checkpoint import NOT_SIGNED, TRANSITIONS, Checkpoint
from consumers.audit.published import published
from consumers.errors import ServiceLost
from consumers.replay.journeys import KafkaTopic
from schemas.codec import Codec

_TRANSITION = "SELECT chain FROM alert_transitions WHERE la = %s AND sequence = %s"
_SEALED = "SELECT chain FROM {} WHERE la = %s AND number = %s"


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was signed and is not in the store as it was; at: when it was signed, ms UTC."""

    chain: str
    local_authority: str
    number: int
    at: int
    what: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How many chains were held against their last checkpoint, and what was found."""

    chains: int
    found: tuple[Cut, ...]


def hold(dsn: str, topic: KafkaTopic, codec: Codec, public_key: bytes) -> Held:
    """Return what of the last signed rows is not in the store; raises ServiceLost.

    Each row's chain value follows from all before it, so the last one of a chain is enough to see
    that nothing was cut from its end. Rows that came since are not signed yet.
    """
    last: dict[tuple[str, str], Checkpoint] = {}
    found: list[Cut] = []
    for one in published(topic, codec):
        if not one.is_genuine(public_key):
            found.append(_cut(one, NOT_SIGNED))
            continue
        place = (one.chain, one.local_authority)
        last[place] = max(one, last.get(place, one), key=lambda each: (each.number, each.at))
    try:
        with psycopg.connect(
            dsn, connect_timeout=5, autocommit=True, application_name="auditor"
        ) as store:
            for _, one in sorted(last.items()):
                if fault := one.fault(_value_of(store, one), public_key):
                    found.append(_cut(one, fault))
    except psycopg.Error as failure:
        raise ServiceLost(
            f"The store does not give it ({type(failure).__name__}): see that it runs, and that"
            " JOINEDUP_DATABASE_URL names the role joinedup_auditor."
        ) from None
    return Held(chains=len(last), found=tuple(found))


def _value_of(store: psycopg.Connection[tuple[str]], one: Checkpoint) -> str | None:
    """Return the chain value of the row that a checkpoint names; None where it is not there."""
    sealed = sql.SQL(_SEALED).format(sql.Identifier(f"sealed_{one.chain}"))
    query = sql.SQL(_TRANSITION) if one.chain == TRANSITIONS else sealed
    row = store.execute(query, [one.local_authority, one.number]).fetchone()
    return row[0] if row else None


def _cut(one: Checkpoint, what: str) -> Cut:
    return Cut(
        chain=one.chain,
        local_authority=one.local_authority,
        number=one.number,
        at=one.at,
        what=what,
    )
