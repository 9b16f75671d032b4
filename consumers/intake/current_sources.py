"""The sources as their file says at this moment: added, renewed or removed while intake runs."""

from __future__ import annotations

import logging
from pathlib import Path

from schemas.agreements import Agreements
from schemas.sources import Source, SourceRegistry, SourcesInvalid

log = logging.getLogger(__name__)

_Seen = tuple[int, int, int]


class CurrentSources:
    """Looks sources up in a file, which is read again whenever it was replaced.

    A file that is not in order changes nothing: the last good one stands, and the log says so.
    """

    def __init__(self, file: Path) -> None:
        """Read the file; raises SourcesInvalid where it cannot be used."""
        self._file = file
        self._seen = _stamp(file)
        self._sources = SourceRegistry.load(file)

    def lookup(self, organisation: str, system: str) -> Source | None:
        """Return the source of these codes, or None where there is none."""
        stamp = _stamp(self._file)
        if stamp != self._seen:
            self._seen = stamp
            self._read_again()
        return self._sources.lookup(organisation, system)

    @property
    def agreements(self) -> Agreements:
        """The data-sharing agreements that stood in the file at the last look-up."""
        return self._sources.agreements

    def _read_again(self) -> None:
        try:
            self._sources = SourceRegistry.load(self._file)
        except SourcesInvalid as fault:
            log.error("The sources stay as they were: %s", fault)
        else:
            log.info("The file of sources was read again: %d sources.", len(self._sources))


def _stamp(file: Path) -> _Seen | None:
    """Return what changes when the file is replaced or written to; one call, of a microsecond."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
