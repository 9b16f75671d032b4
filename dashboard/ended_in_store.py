"""Sessions that ended, known to every process of the dashboard and after a restart of each."""

from __future__ import annotations

import logging
from hashlib import sha256

import psycopg
from psycopg_pool import PoolTimeout

from consumers.store import sessions
from dashboard.ended import Ended
from dashboard.people import Person
from dashboard.session import LONGEST_SECONDS
from dashboard.store import Store

log = logging.getLogger(__name__)


class EndedInStore:
    """Remembers in this process, and in the store for all others."""

    def __init__(self, store: Store) -> None:
        """Take the store; nothing is asked of it yet."""
        self._store = store
        self._here = Ended(LONGEST_SECONDS)

    def end(self, session: str) -> None:
        """Remember that a session, by its id, ended; here whatever the store does."""
        self._here.end(session)
        try:
            with self._store.connected() as connection:
                sessions.end(connection, _hash(session), lasts=LONGEST_SECONDS)
        except (psycopg.Error, PoolTimeout) as fault:
            log.error(
                "That a session ended is known to this process alone: %s", type(fault).__name__
            )

    def has(self, session: str, person: Person, since: int) -> bool:
        """Return whether a session was ended, or all of this person's that began by since.

        Raises psycopg.Error where the store does not say: then nobody is let in.
        """
        if self._here.has(session, person, since):
            return True
        with self._store.connected() as connection:
            return sessions.has_ended(
                connection, _hash(session), la=person.la, reader=person.name, since=since
            )


def _hash(session: str) -> bytes:
    return sha256(session.encode()).digest()
