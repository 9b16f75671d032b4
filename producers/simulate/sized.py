"""Files of any size in every format, written piece by piece: for benchmarks and memory bounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TextIO

from producers.simulate.extracts.histories import FILES, child

_CHILDREN_OF_A_PIECE = 40
_RECORDS = {
    "ssda903/xml": "CHILD",
    "sen2": "Person",
    "nccis": "YoungPersonsRecord",
    "cin-census": "Child",
}
"""The element of one record, in the formats that are one document."""
_DOCUMENTS = frozenset(("nems", "cpis", "fhir"))
"""Formats of many documents, which stand beside one another."""
_MAPPING = ".toml"


def write(name: str, folder: Path, size: int) -> list[Path]:
    """Write files of this format into the folder until they hold so many bytes; return them.

    name: as in ``histories.FILES``. The children are numbered from one, so a smaller set of files
    is the beginning of a larger one. Memory does not grow with the size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if name in _DOCUMENTS:
        return list(_documents(name, folder, size))
    with ExitStack() as opened:
        written = _Written(folder, _RECORDS.get(name), opened)
        for files in _pieces(name):
            for file, text in files.items():
                written.add(file, text)
            if written.size >= size:
                break
        return written.finish()


def _pieces(name: str) -> Iterator[dict[str, str]]:
    for first in count(1, _CHILDREN_OF_A_PIECE):
        yield FILES[name]([child(first + n) for n in range(_CHILDREN_OF_A_PIECE)])


def _documents(name: str, folder: Path, size: int) -> Iterator[Path]:
    written = 0
    for number, files in enumerate(_pieces(name)):
        for file, text in files.items():
            path = folder / f"{number:06d}-{file}"
            written += path.write_bytes(text.encode())
            yield path
        if written >= size:
            return


class _Written:
    """Files that are open: tables grow by their rows, and a document by its records."""

    def __init__(self, folder: Path, record: str | None, opened: ExitStack) -> None:
        self._folder, self._record, self._opened = folder, record, opened
        self._files: dict[str, TextIO] = {}
        self._endings: dict[str, str] = {}
        self.size = 0

    def add(self, name: str, text: str) -> None:
        beginning, more, ending = self._parts(text)
        if name not in self._files:
            path = self._folder / name
            self._files[name] = self._opened.enter_context(path.open("w", encoding="utf-8"))
            self._endings[name] = ending
            more = beginning + more
        elif name.endswith(_MAPPING):
            return
        self._files[name].write(more)
        self.size += len(more)

    def finish(self) -> list[Path]:
        for name, opened in self._files.items():
            opened.write(self._endings[name])
        return [self._folder / name for name in self._files]

    def _parts(self, text: str) -> tuple[str, str, str]:
        """Return what a file begins with, its rows or records, and what it ends with."""
        if self._record is None:
            heading, line, rows = text.partition("\n")
            is_table = not heading.startswith("{")
            return (heading + line, rows, "") if is_table else ("", text, "")
        begin = text.index(f"<{self._record}>")
        mark = f"</{self._record}>"
        end = text.rindex(mark) + len(mark)
        return text[:begin], text[begin:end], text[end:]
