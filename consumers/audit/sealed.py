"""What the sealer chains beside transitions: rows that others add, in the order of commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, LiteralString

import msgspec

from consumers.audit.checkpoint import (
    ACTIONS,
    DELIVERIES,
    EXPORTS,
    GLASS_REVIEWS,
    READS,
    SEARCHES,
    SIGN_INS,
)
from consumers.replay.comparing import next_chain

Said = Callable[[int, tuple[Any, ...]], dict[str, Any]]
"""What is said of a row in the audited text: of its id, and the columns after the authority."""


class SealedRows(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of rows. name: of the table, its chain and, after ``sealed_``, of the seals.

    columns: what is asked of a row after its id, transaction and authority. key: the column of the
    id, which counts rows. beside: a join with what a row is about, one for each.
    """

    name: LiteralString
    columns: LiteralString
    said: Said
    key: LiteralString = "id"
    beside: LiteralString = ""


def _of_read(id_: int, row: tuple[Any, ...]) -> dict[str, Any]:
    child, reader, role, command, purpose, at = row
    return {
        "at": at,
        "child": child,
        "command": command,
        "id": id_,
        "purpose": purpose,
        "reader": reader,
        "role": role,
    }


def _of_delivery(_id: int, row: tuple[Any, ...]) -> dict[str, Any]:
    # Nothing but what stands on the topic: a store made again from it has the same chain.
    partition, offset, body = row
    said: dict[str, Any] = msgspec.json.decode(body)
    return {**said, "partition": partition, "topic_offset": offset}


_OF_ACTION = (
    *("event_id", "alert_id", "number", "act", "author", "recipient", "until", "reason"),
    *("outcome", "note", "note_leaf", "kappa", "effect"),
)


def _of_action(_id: int, row: tuple[Any, ...]) -> dict[str, Any]:
    # Nothing but what follows from journeys: a store made again from them has the same chain.
    return dict(zip(_OF_ACTION, row, strict=True))


_OF_EXPORT = ("reader", "role", "what", "first_day", "last_day", "at")
_OF_SEARCH = ("reader", "role", "scheme", "outcome", "at")


def _of_export(id_: int, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"id": id_, **dict(zip(_OF_EXPORT, row, strict=True))}


def _of_search(id_: int, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"id": id_, **dict(zip(_OF_SEARCH, row, strict=True))}


_OF_REVIEW = ("look", "reviewer", "verdict", "at", "child", "reader", "role", "code", "looked_at")


def _of_review(id_: int, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"id": id_, **dict(zip(_OF_REVIEW, row, strict=True))}


_OF_SIGN_IN = ("reader", "role", "agency", "issuer", "subject", "at")


def _of_sign_in(id_: int, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"id": id_, **dict(zip(_OF_SIGN_IN, row, strict=True))}


LOOKS = SealedRows(
    name=READS,
    columns="r.child, r.reader, r.role, r.command, r.purpose,"
    " floor(extract(epoch FROM r.at) * 1000)::bigint",
    said=_of_read,
)
STEPS = SealedRows(
    name=DELIVERIES, columns="r.partition, r.topic_offset, r.body", said=_of_delivery
)
ACTS = SealedRows(
    name=ACTIONS,
    columns="r.event_id::text, r.alert_id::text, r.number, r.act, r.author, r.recipient,"
    " r.until::text, r.reason, r.outcome, encode(sha256(r.note), 'hex'),"
    " encode(r.note_leaf, 'hex'), r.kappa, r.effect",
    said=_of_action,
)
TAKEN = SealedRows(
    name=EXPORTS,
    columns="r.reader, r.role, r.what, r.first_day::text, r.last_day::text,"
    " floor(extract(epoch FROM r.at) * 1000)::bigint",
    said=_of_export,
)
SOUGHT = SealedRows(
    name=SEARCHES,
    columns="r.reader, r.role, r.scheme, r.outcome, floor(extract(epoch FROM r.at) * 1000)::bigint",
    said=_of_search,
)
# A look is never changed: what was reviewed is as the reviewer saw it.
REVIEWED = SealedRows(
    name=GLASS_REVIEWS,
    columns="r.id::text, r.reviewer, r.verdict,"
    " floor(extract(epoch FROM r.at) * 1000)::bigint, b.child, b.reader, b.role, b.code,"
    " floor(extract(epoch FROM b.at) * 1000)::bigint",
    said=_of_review,
    key="number",
    beside=" JOIN break_glass b ON b.la = r.la AND b.id = r.id",
)
# Not the session's hash: evidence is handed on, and nobody needs it there.
CAME_IN = SealedRows(
    name=SIGN_INS,
    columns="r.reader, r.role, r.agency, r.issuer, r.subject,"
    " floor(extract(epoch FROM r.at) * 1000)::bigint",
    said=_of_sign_in,
)
SEALED = (LOOKS, STEPS, ACTS, TAKEN, SOUGHT, REVIEWED, CAME_IN)


def chained(
    kind: SealedRows, rows: Iterable[tuple[Any, ...]], heads: dict[str, tuple[int, str]]
) -> list[dict[str, Any]]:
    """Return the rows as they are sealed, each chained to the one before of its authority."""
    sealed = []
    for id_, xid, la, *rest in rows:
        said = {**kind.said(id_, tuple(rest)), "local_authority": la}
        number, chain = heads.get(la, (0, ""))
        body = msgspec.json.encode(said, order="sorted").decode()
        number, chain = heads[la] = (number + 1, next_chain(chain, body))
        sealed.append(
            {"la": la, "number": number, "id": id_, "xid": xid, "body": body, "chain": chain}
        )
    return sealed
