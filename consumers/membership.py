"""The name by which a worker is a member of its consumer group, and which outlives its process.

Kafka misses a member that was killed when its session ends, after six seconds at the least, and
until then its partitions are nobody's. A member with a name (KIP-345, static membership) that
comes back under it has its partitions at once, and nobody else has to let go of theirs.
"""

from __future__ import annotations

import fcntl
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any

_MOST = 1_000


@contextmanager
def member_name(kind: str, folder: Path | None = None) -> Iterator[str | None]:
    """Hold a name for this kind of worker that no living process of this machine has.

    It is the first one that is free, so a process that is started again has that of the one that
    died, whatever it died of. None where no file can be kept: Kafka then names the member, and
    misses it only after its session.

    folder: where the names are kept, one of the account's own in the machine's folder for
    temporary files otherwise; who empties it makes the next worker a new one, and no more.
    """
    file = None
    try:
        file = _first_free(folder or Path(gettempdir()) / f"joinedup-members-{os.getuid()}", kind)
        name = _name_in(file, kind) if file is not None else None
    except OSError:
        name = None
    try:
        yield name
    finally:
        if file is not None:
            os.close(file)


async def left(consumer: Any) -> None:
    """Leave the group and close the consumer, whether or not it has a name.

    aiokafka has one with a name stay a member until its session ends, as if it were to come back;
    who ends of its own accord may not, and others shall have its partitions at once.
    """
    coordinator = consumer._coordinator
    if coordinator is not None:
        coordinator._group_instance_id = None
    await consumer.stop()


def _first_free(folder: Path, kind: str) -> int | None:
    """Return the first file of this kind that nobody holds, locked; the lock ends with us."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return None  # another account put it there
    for number in range(_MOST):
        path = folder / f"{kind}-{number}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        except OSError:
            os.close(file)
            raise
        else:
            return file
    return None


def _name_in(file: int, kind: str) -> str:
    """Return the name that is kept in a file; a new one, which it has from now on, where none is.

    It is drawn by lot, and is another one where the file was copied with the whole machine.
    """
    kept = os.pread(file, 100, 0).decode("ascii", "replace")
    try:
        drawn = uuid.UUID(kept)
    except ValueError:
        drawn = uuid.uuid4()
        os.ftruncate(file, 0)
        os.pwrite(file, str(drawn).encode(), 0)
    return f"{kind}-{uuid.uuid5(drawn, socket.gethostname())}"
