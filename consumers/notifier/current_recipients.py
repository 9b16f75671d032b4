"""The recipients as their file says at this moment: replaced while the notifier runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from consumers.errors import SettingsError
from consumers.notifier.recipients import Recipients
from consumers.notifier.recipients_file import read_recipients

log = logging.getLogger(__name__)

_Seen = tuple[int, int, int]


class CurrentRecipients:
    """Reads the file again whenever it was replaced; one that is not in order changes nothing."""

    def __init__(
        self,
        file: Path,
        check: Callable[[Recipients], object],
        in_order: Callable[[bool], None],
    ) -> None:
        """Read the file; raises SettingsError where it, or the check, says what is wrong."""
        self._file = file
        self._check = check
        self._in_order = in_order
        self._seen = _stamp(file)
        self._recipients = self._read()

    def now(self) -> Recipients:
        """Return what the file says; where it cannot be used, what it last said."""
        stamp = _stamp(self._file)
        if stamp != self._seen:
            self._seen = stamp
            self._read_again()
        return self._recipients

    def _read_again(self) -> None:
        try:
            self._recipients = self._read()
        except SettingsError as fault:
            self._in_order(False)
            log.error("The recipients stay as they were: %s", fault)
        else:
            self._in_order(True)
            log.info("The file of recipients was read again.", extra={"action": "recipients-read"})

    def _read(self) -> Recipients:
        found = read_recipients(self._file)
        self._check(found)
        return found


def _stamp(file: Path) -> _Seen | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
