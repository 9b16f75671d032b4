"""Sessions that ended, known to every process of the dashboard and after a restart of each."""

from __future__ import annotations

import logging
from hashlib import sha256

import psycopg
from psycopg_pool import PoolTimeout

from consumers.store import sessions, sign_ins
from consumers.store.sign_ins import Lasting, SignIn
from dashboard.ended import Ended, NotTheirName
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

    def hold(self, person: Person) -> None:
        """Return where the name is their account's, from now on where it was nobody's.

        The local password proves no account, so it takes no name. Raises NotTheirName, and
        psycopg.Error where the store does not say.
        """
        if not person.subject:
            return
        with self._store.writing(person) as connection:
            is_theirs = sign_ins.holds(connection, _sign_in(person))
        if not is_theirs:
            log.warning("A name came with another account, in authority %s.", person.la)
            raise NotTheirName

    def begin(self, session: str, person: Person) -> None:
        """Put on record that a session begins; raises as ``hold`` does: then none begins."""
        self.hold(person)
        with self._store.writing(person) as connection:
            sign_ins.begin(connection, _sign_in(person), hash_of(session))

    def lasting(self, person: Person) -> list[Lasting]:
        """Return the sessions of the person that may still last; raises psycopg.Error."""
        with self._store.writing(person) as connection:
            return sign_ins.lasting(connection, person.la, person.name, LONGEST_SECONDS)

    def end_one(self, session: bytes) -> None:
        """End a session by the hash of its id, in every process; raises psycopg.Error."""
        with self._store.connected() as connection:
            sessions.end(connection, session, lasts=LONGEST_SECONDS)

    def end(self, session: str) -> None:
        """Remember that a session, by its id, ended; here whatever the store does."""
        self._here.end(session)
        try:
            with self._store.connected() as connection:
                sessions.end(connection, hash_of(session), lasts=LONGEST_SECONDS)
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
                connection, hash_of(session), la=person.la, reader=person.name, since=since
            )


def _sign_in(person: Person) -> SignIn:
    return SignIn(
        la=person.la,
        reader=person.name,
        role=person.role,
        agency=person.agency,
        issuer=person.issuer,
        subject=person.subject,
    )


def hash_of(session: str) -> bytes:
    """Return the hash by which the store knows a session."""
    return sha256(session.encode()).digest()
