"""Who is told: a system of each authority, what it heard of which alert, and by which message."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.faults.publishing import LAS
from tests.unit.consumers.notifier.servers import WebhookServer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SYSTEM = "system"
Transition = tuple[str, int]
"""An alert's id, and the number of its transition."""

_RECIPIENTS = """
[authorities.{la}]
fallback = ["{system}"]

[authorities.{la}.recipients.{system}]
webhook = "http://127.0.0.1:{port}"
urgent_by = ["webhook"]
others_by = ["webhook"]
hours = {{opens = 00:00:00, closes = 00:00:00, days = "every"}}

[authorities.{la}.teams.all]
duties = ["*"]
recipients = ["{system}"]
"""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came to the recipients.

    untold: transitions that nobody heard of. invented: heard of, and not in the store.
    repeated: messages that came once more than once, under the same id, by which they are known.
    again: transitions that were told by two messages of different ids.
    """

    untold: int
    invented: int
    repeated: int
    again: int


class Hearing:
    """A server as an authority's own system; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._server = WebhookServer()
        self._file = folder / "recipients.toml"

    def __enter__(self) -> Hearing:
        self._server.__enter__()
        self.reached_at(self.port)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.address.rpartition(":")[2])

    def reached_at(self, port: int) -> None:
        """Let the notifier, when it is started next, reach it by this port."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        told = (_RECIPIENTS.format(la=la, system=SYSTEM, port=port) for la in LAS)
        self._file.write_text("\n".join(told))

    def variables(self) -> dict[str, str]:
        """Return what the notifier's environment holds of it."""
        return {
            "JOINEDUP_RECIPIENTS_FILE": str(self._file),
            "JOINEDUP_WEBHOOK_SECRETS": json.dumps({f"{la}/{SYSTEM}": SECRET for la in LAS}),
        }

    def heard(self, told: set[Transition]) -> Heard:
        """Return what came of these transitions, and what else did."""
        came = [
            (headers["webhook-id"], json.loads(content)["data"]["alerts"])
            for headers, content in list(self._server.came)
        ]
        by: dict[Transition, set[str]] = {}
        for name, alerts in came:
            for one in alerts:
                by.setdefault((one["alert_id"], one["number"]), set()).add(name)
        return Heard(
            untold=len(told - by.keys()),
            invented=len(by.keys() - told),
            repeated=sum(count - 1 for count in Counter(name for name, _ in came).values()),
            again=sum(len(names) - 1 for names in by.values()),
        )
