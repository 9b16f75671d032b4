"""The store as the dashboard reads it: of one authority, with every look on record first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg_pool import ConnectionPool

from consumers.failpoint import FailPoint, nothing_fails
from consumers.store.glass import Breaking, break_on
from consumers.store.keys import KeysOnRequest
from consumers.store.loading import Connection
from consumers.store.looking import Look, note_on
from consumers.store.reading import Reading, reading_on
from consumers.store.sealed import FactSeal
from consumers.tokens import Tokens
from consumers.wrapping import Wrapping, known_by
from dashboard.people import Person
from dashboard.settings import DashboardSettings

_CONNECTIONS = 8
_WAIT_SECONDS = 5
_WHO = (
    "SELECT set_config('joinedup.reader', %s, true), set_config('joinedup.agency', %s, true),"
    " set_config('joinedup.organisation', %s, true)"
)
"""Who reads; reading_on says as what and of which authority."""

_AS = """
SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', %s, true),
  set_config('joinedup.reader', %s, true), set_config('joinedup.agency', %s, true),
  set_config('joinedup.organisation', %s, true)
"""


class Store:
    """Connections to the store and what opens sealed facts; nothing here writes a child's facts."""

    def __init__(self, settings: DashboardSettings, fail: FailPoint = nothing_fails) -> None:
        """Take the settings; nothing is opened before ``open``. fail: called between steps."""
        self._settings = settings
        self._fails_at = fail
        self._tokens = Tokens(bytes.fromhex(settings.pseudonym_key.get_secret_value()))
        self._wrapping = Wrapping.of(settings.master_key.get_secret_value())
        self._pool = ConnectionPool(
            settings.database_url.get_secret_value(),
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            # A plan made for what is asked: the filters of a queue differ too much for one plan.
            kwargs={"application_name": "dashboard", "prepare_threshold": None},
            open=False,
        )
        # A new connection for each page would cost as much as half of what the page asks.
        self._keys = ConnectionPool(
            known_by(settings.keys_database_url.get_secret_value(), self._wrapping),
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            check=ConnectionPool.check_connection,
            open=False,
        )

    def open(self) -> None:
        """Begin to hold connections; each is made when it is first needed."""
        self._pool.open()
        self._keys.open()

    def close(self) -> None:
        """Give all connections back."""
        self._pool.close()
        self._keys.close()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Yield a connection in nobody's name; it commits when the block ends.

        Raises psycopg.OperationalError where the store does not answer.
        """
        with self._pool.connection() as connection:
            connection.read_only = False
            yield connection

    @contextmanager
    def reading(self, person: Person) -> Iterator[Reading]:
        """Yield the store as it is at one moment, in so far as it is of the person's authority.

        Raises psycopg.OperationalError where the store does not answer.
        """
        with self._pool.connection() as connection:
            reading = reading_on(connection, person.la, person.role)
            connection.execute(_WHO, [person.name, person.agency, person.organisation])
            yield reading

    @contextmanager
    def writing(self, person: Person) -> Iterator[Connection]:
        """Yield a connection that writes in the person's name; it commits when the block ends.

        Raises psycopg.OperationalError where the store does not answer.
        """
        with self._pool.connection() as connection:
            connection.read_only = False
            who = [person.la, person.role, person.name, person.agency, person.organisation]
            connection.execute(_AS, who)
            yield connection

    def note(
        self,
        person: Person,
        child: str,
        page: str,
        purpose: str,
        breaking: Breaking | None = None,
    ) -> None:
        """Put on record, for good, that this person is about to see this child's record.

        purpose: as it is recorded. breaking: why, where nothing known shows that they need to.
        Raises psycopg.Error where that fails: then nothing is to be shown.
        """
        look = Look(
            la=person.la,
            child=child,
            reader=person.name,
            role=person.role,
            command=f"dashboard {page}",
            purpose=purpose,
        )
        with self.writing(person) as connection:
            if breaking is not None:
                break_on(connection, breaking)
            note_on(connection, look)
            self._fails_at("before-look")
        self._fails_at("after-look")

    def tokens(self) -> Tokens:
        """Return what makes tokens of identifiers."""
        return self._tokens

    def seal(self, person: Person) -> FactSeal:
        """Return what opens sealed facts of the person's authority, where their role may."""
        keys = KeysOnRequest(
            self._settings.keys_database_url.get_secret_value(),
            self._wrapping,
            la=person.la,
            role=person.role,
            connected=self._keys.connection,
        )
        return FactSeal(keys, self._tokens)
