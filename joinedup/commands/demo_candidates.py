"""The demo asks who may be one child, once the year is over."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from joinedup.commands.demo_run import Demonstration
from joinedup.commands.identity_candidates import candidate_found, compared
from producers.simulate import LA
from producers.simulate.school_year import HORIZON
from producers.simulate.sources import IDENTITY

_AT = datetime.combine(HORIZON, time(22), UTC)
"""After the last files of the year."""


def put_candidates_forward(shown: Demonstration, matcher: Path) -> int:
    """Compare the records that share no identifier, and return how many pairs are in the queue.

    What is found is published, taken in and joined as any other event. Raises SendingFailed and
    ProcessFailed.
    """
    _, found = compared(LA, matcher)
    if found:
        shown.publish_late((candidate_found(LA, IDENTITY.speaker, one, _AT) for one in found), _AT)
        shown.take_in()
        shown.settle()
    return len(found)
