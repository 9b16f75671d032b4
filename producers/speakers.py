"""Which sources this process may speak for, and the key that signs what each says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from producers.settings import PublisherSettings
from schemas.signature import PRIVATE, PUBLIC
from schemas.sources import SourceRegistry


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source as the publisher needs it: its agency, its authorities (None: any), its key."""

    agency: str
    local_authorities: frozenset[str] | None
    key: bytes = field(repr=False)


class Speakers(Protocol):
    """The sources that this process may speak for."""

    def speaker(self, organisation: str, system: str) -> Speaker | None:
        """Return the source, or None where this process may not speak for it."""


class NoSpeaker(Exception):
    """No key to sign with was given; the sentence says which setting to set."""


class RegisteredSpeakers:
    """The sources of a sources file."""

    def __init__(self, sources: SourceRegistry) -> None:
        """Take the sources and their keys."""
        self._sources = sources

    def speaker(self, organisation: str, system: str) -> Speaker | None:
        """Return the source of these codes; None where the file has none, or no key to sign with.

        Of a source that keeps a key of its own the file has the public half alone.
        """
        found = self._sources.lookup(organisation, system)
        if found is None or found.key.startswith(PUBLIC):
            return None
        return Speaker(found.agency, found.local_authorities, found.key)


class OwnSpeaker:
    """The one system that holds its own key: whatever source it names, it signs as itself."""

    def __init__(self, agency: str, key: bytes) -> None:
        """Take the system's agency and key."""
        self._speaker = Speaker(agency, None, key)

    def speaker(self, organisation: str, system: str) -> Speaker | None:
        """Return the one speaker."""
        return self._speaker


def speakers_of(settings: PublisherSettings) -> Speakers:
    """Return the speakers that the settings name; raises NoSpeaker and SourcesInvalid."""
    if settings.source_key is not None and settings.agency is not None:
        return OwnSpeaker(settings.agency, _key(settings.source_key.get_secret_value()))
    if settings.sources_file is not None:
        return RegisteredSpeakers(SourceRegistry.load(settings.sources_file))
    raise NoSpeaker(
        "There is no key to sign with: set JOINEDUP_SOURCES_FILE, "
        "or JOINEDUP_SOURCE_KEY and JOINEDUP_AGENCY."
    )


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise NoSpeaker(
            "JOINEDUP_SOURCE_KEY is not hexadecimal: copy it again from the operator's letter."
        ) from None
    if key.startswith(PUBLIC) or (key.startswith(PRIVATE) and len(key) != len(PRIVATE) + 32):
        raise NoSpeaker(
            "JOINEDUP_SOURCE_KEY is no whole private half: take it from the file that joinedup"
            " source own-key wrote."
        )
    return key
