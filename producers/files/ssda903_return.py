"""What is remembered of a looked-after children return while its tables are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from producers.event import Identifier
from producers.files.identities import Person
from producers.files.kept import Kept
from producers.files.ssda903_episodes import Episode

_PERSON, _REVIEW = "person", "review"
_PACKED = msgspec.msgpack.Encoder()
_PERSONS = msgspec.msgpack.Decoder(Person)
_EPISODES = msgspec.msgpack.Decoder(Episode)


@dataclass(frozen=True, slots=True)
class Return:
    """What is remembered of a return: its children, their episodes and the days of reviews."""

    kept: Kept

    def know(self, child: str, person: Person) -> None:
        """Keep what a header row gave of the child, by the authority's id."""
        self.kept.say(_PACKED.encode(person), _PERSON, child)

    def person(self, child: str) -> Person:
        """Return the child; one without a header row has only the authority's id."""
        found = self.kept.said(_PERSON, child)
        return _PERSONS.decode(found) if found else _unknown(child)

    def reviewed(self, child: str, held_on: date, code: str) -> str | None:
        """Keep the code of the child's review of this day; return that of an earlier row."""
        key = (_REVIEW, child, str(held_on))
        earlier = self.kept.said(*key)
        if earlier is None:
            self.kept.say(code.encode(), *key)
        return None if earlier is None else earlier.decode()

    def lived(self, found: Episode) -> bool:
        """Keep the episode; return False where the child has one that began that day."""
        return self.kept.gather(found.child, str(found.started_on), _PACKED.encode(found))

    def lives(self) -> Iterator[list[Episode]]:
        """Yield the episodes of each child, by their first days."""
        return (list(map(_EPISODES.decode, own)) for own in self.kept.gathered())


def _unknown(child: str) -> Person:
    return Person((Identifier("LA_CHILD_ID", child),), None)
