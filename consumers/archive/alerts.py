"""Records of the alerts topic, turned back into the audited text that they were made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from consumers.archive.records import Record
from consumers.replay.comparing import Told
from schemas.codec import Codec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BESIDE = ("sequence", "chain")
#: Where there is nothing of them the audited text leaves them out; older records lack them.
_SAID_WHERE_TRUE = ("withheld", "escalation")


def told(record: Record, codec: Codec) -> Told:
    """Return the transition of a record; its text is, byte for byte, the one in the store."""
    fields = codec.decode(record.value).record
    audited = {name: _plain(value) for name, value in fields.items() if name not in _BESIDE}
    for name in _SAID_WHERE_TRUE:
        if not audited.get(name):
            audited.pop(name, None)
    return Told(
        la=fields["local_authority"],
        sequence=fields["sequence"],
        alert_id=fields["alert_id"],
        number=fields["number"],
        body=msgspec.json.encode(audited, order="sorted").decode(),
        chain=fields["chain"],
    )


def told_by(record: Record, codec: Codec) -> tuple[str, str]:
    """Return the versions of engine and rules that told this transition."""
    fields = codec.decode(record.value).record
    return (fields["engine"], fields["rules"])


def _plain(value: Any) -> Any:
    """Return a day as ISO text and a moment in ms since 1970 UTC, as the audited text has them."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return value.isoformat() if isinstance(value, date) else value
