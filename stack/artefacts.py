"""The Java programs of the stack: fetched once by a locked list, checked, and kept in a cache."""

from __future__ import annotations

import errno
import hashlib
import tarfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage, rmtree
from typing import Any

from maven_artifact.artifact import Artifact
from maven_artifact.downloader import Downloader
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from stack.claims import only_one
from stack.errors import ProgramMissing, StackError

REGISTRY_COORDINATE = "io.apicurio:apicurio-registry-app:"

_CHUNK = 1 << 18
_CONNECT_AND_READ_SECONDS = (10, 60)
_ROOM_TO_FETCH = 800 << 20


@dataclass(frozen=True, kw_only=True)
class Locked:
    """One line of the lock: Maven coordinates and the SHA-256 that the file must have."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Return the name of the file in the cache, which says its version."""
        artifact = Artifact.parse(self.coordinate)
        classifier = f"-{artifact.classifier}" if artifact.classifier else ""
        return f"{artifact.artifact_id}-{artifact.version}{classifier}.{artifact.extension}"

    @property
    def is_registry(self) -> bool:
        """Return whether this is the registry's archive; all others are Kafka's class path."""
        return self.coordinate.startswith(REGISTRY_COORDINATE)


def read_lock(lock: Path) -> tuple[Locked, ...]:
    """Return the entries of the lock file, in its order."""
    lines = [line.split() for line in lock.read_text().splitlines()]
    return tuple(
        Locked(coordinate=line[0], sha256=line[1])
        for line in lines
        if line and not line[0].startswith("#")
    )


@dataclass(frozen=True, kw_only=True)
class Cache:
    """The folder that the fetched programs are kept in, so that a second start fetches nothing."""

    folder: Path
    lock: Path
    repository: str | None = None
    """The base address of a Maven repository; None means the one that the client knows."""

    def fetch(self, console: Console) -> None:
        """Fetch what is missing or damaged, several at a time, and show the progress."""
        _make(self.folder)
        with only_one(self.folder / "lock"):
            missing = [locked for locked in read_lock(self.lock) if not self._has(locked)]
            if missing:
                require_room(self.folder, _ROOM_TO_FETCH)
                self._fetch(missing, console)

    def _fetch(self, missing: list[Locked], console: Console) -> None:
        downloader = Downloader(self.repository) if self.repository else Downloader()
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, console=console) as progress, ThreadPoolExecutor(6) as pool:
            task = progress.add_task(f"Fetching {len(missing)} archives", total=None)
            fetch = _Fetch(downloader, self.folder, progress, task)
            _all(pool.map(fetch, missing))
        self._unpack_registry(console)

    def is_complete(self) -> bool:
        """Return whether all is there and as the lock says, so that nothing need be fetched."""
        return all(self._has(locked) for locked in read_lock(self.lock))

    def files(self) -> list[Path]:
        """Return where each locked file is, but for the registry's, which is unpacked."""
        jars = [locked for locked in read_lock(self.lock) if not locked.is_registry]
        return [self.folder / jar.file_name for jar in jars]

    def kafka_class_path(self) -> str:
        """Return Kafka's class path: every locked jar by its full path."""
        return ":".join(map(str, self.files()))

    def registry_folder(self) -> Path:
        """Return the folder that the registry is unpacked in."""
        archive = next(locked for locked in read_lock(self.lock) if locked.is_registry)
        return self.folder / archive.file_name.removesuffix(".tar.gz")

    def _has(self, locked: Locked) -> bool:
        if locked.is_registry:
            return self.registry_folder().is_dir()
        file = self.folder / locked.file_name
        return file.is_file() and sha256_of(file) == locked.sha256

    def _unpack_registry(self, console: Console) -> None:
        """Unpack the registry's archive beside itself, then drop it: it is used no more."""
        if not any(locked.is_registry for locked in read_lock(self.lock)):
            return
        archive = self.folder / f"{self.registry_folder().name}.tar.gz"
        if not archive.exists():
            return
        console.print("Unpacking the schema registry")
        partial = self.folder / "registry.part"
        rmtree(partial, ignore_errors=True)
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(partial, filter="data")
        except OSError as error:
            raise _disk_error(error) from error
        partial.replace(self.registry_folder())
        archive.unlink()


@dataclass(frozen=True)
class _Fetch:
    """Fetches one entry to the cache; a file has its name only once it is whole and checked."""

    downloader: Any
    folder: Path
    progress: Progress
    task: Any

    def __call__(self, locked: Locked) -> None:
        target = self.folder / locked.file_name
        partial = target.with_name(target.name + ".part")
        try:
            self._download(locked, partial)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise self._explained(locked, error) from error
        if sha256_of(partial) != locked.sha256:
            partial.unlink()
            raise StackError(
                f"The file fetched for {locked.coordinate} is not the one that the lock in infra "
                "names (its SHA-256 differs): check the repository it came from, then try again."
            )
        partial.replace(target)

    def _download(self, locked: Locked, partial: Path) -> None:
        address = self.downloader.resolver.uri_for_artifact(Artifact.parse(locked.coordinate))
        response = self.downloader.requestor.request(
            address, None, stream=True, timeout=_CONNECT_AND_READ_SECONDS
        )
        with response, partial.open("wb") as file:
            self._expect(int(response.headers.get("content-length", 0)))
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                self.progress.advance(self.task, len(chunk))

    def _expect(self, size: int) -> None:
        known = self.progress.tasks[self.task].total or 0
        self.progress.update(self.task, total=known + size)

    @staticmethod
    def _explained(locked: Locked, error: OSError) -> StackError:
        """The HTTP client's errors are OSErrors too; only the disk's have these numbers."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            return _disk_error(error)
        return ProgramMissing(
            f"{locked.coordinate} could not be fetched ({type(error).__name__}): check the "
            "network, or name a mirror in JOINEDUP_MAVEN_REPOSITORY, then run the command again."
        )


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def require_room(folder: Path, needed: int) -> None:
    """Raise StackError when the disk that holds this existing folder has fewer free bytes."""
    free = disk_usage(folder).free
    if free < needed:
        raise StackError(
            f"The disk of {folder} has {free >> 20} MiB free and {needed >> 20} MiB are needed: "
            "make room, then run the command again."
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _disk_error(error) from error


def _disk_error(error: OSError) -> StackError:
    return StackError(
        f"The fetched programs could not be written to disk ({error.strerror}): make room or give "
        "write access, then run the command again."
    )


def _all(results: Iterable[None]) -> None:
    for _done in results:
        pass
