"""What the notifier asks of a channel, and what a channel answers."""

from __future__ import annotations

from typing import Protocol

import msgspec

from consumers.notifier.delivery import Reason
from consumers.notifier.messages import Text
from consumers.notifier.planning import Outgoing

SECONDS = 10.0
"""How long a server may take to answer, at each step of the conversation."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message.

    reason: why it was not taken, None where it was. is_final: whether taken means delivered, as
    far as this channel can ever know; else the channel says later. reference: its name there.
    """

    reason: Reason | None = None
    is_final: bool = True
    reference: str | None = None


class Sends(Protocol):
    """A channel. Each call may take seconds and raises nothing."""

    def send(self, outgoing: Outgoing, text: Text) -> Outcome:
        """Try to send a message, once, and return what became of it."""

    def became(self, reference: str) -> Outcome | None:
        """Return what became of an accepted message; None where it is not known yet."""


FAULTS_OF_THE_CHANNEL = frozenset(
    {
        Reason.UNREACHABLE,
        Reason.TIMED_OUT,
        Reason.NOT_SECURE,
        Reason.NOT_SIGNED_IN,
        Reason.TOO_MANY,
        Reason.OUTCOME_UNKNOWN,
    }
)
"""After one of these the next message by the same channel would fare no better at once."""
