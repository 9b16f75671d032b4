"""How fast each format is read and checked, and in how much memory, beside only parsing it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.parsers import expat

import psutil

from consumers.garbage import rarely_collected
from producers.delivery import Delivery, Rehearsal, deliver
from producers.event import Source
from producers.files import FORMATS, Context
from producers.simulate.extracts.histories import EXTRACTED_ON, FILES
from producers.simulate.numbers import LA
from producers.simulate.sized import write

MEGABYTE = 1_000_000
_CHUNK = 64 * 1024
_NOBODY = Source("bench", "bench")
_STATUS = Path("/proc/self/status")


class AdapterFailed(Exception):
    """A format's measurement failed; the sentence says which."""


@dataclass(frozen=True, kw_only=True)
class AdapterRate:
    """One format: its files' bytes, events and refusals, and what reading and checking them took.

    cpu: processor seconds. parsed: those of only parsing the same bytes. peak: bytes of memory at
    most, and loaded: bytes before the first file was opened.
    """

    format: str
    bytes: int
    events: int
    refused: int
    cpu: float
    parsed: float
    peak: int
    loaded: int

    def as_dict(self) -> dict[str, float | str]:
        """Return it for JSON."""
        return {
            "format": self.format,
            "megabytes": round(self.bytes / MEGABYTE, 1),
            "events": self.events,
            "refused": self.refused,
            "events_per_cpu_second": round(self.events / self.cpu),
            "megabytes_per_cpu_second": round(self.bytes / MEGABYTE / self.cpu, 2),
            "times_parsing_alone": round(self.cpu / self.parsed, 1),
            "peak_megabytes": round(self.peak / MEGABYTE),
            "loaded_megabytes": round(self.loaded / MEGABYTE),
        }

    def text(self) -> str:
        """Return it in a line."""
        return (
            f"{self.format:<13} {self.events:>9,} events of {self.bytes / MEGABYTE:,.1f} MB: "
            f"{self.events / self.cpu:,.0f} events and {self.bytes / MEGABYTE / self.cpu:.2f} MB a "
            f"processor second, {self.cpu / self.parsed:.0f} times as long as only parsing it; "
            f"at most {self.peak / MEGABYTE:.0f} MB of memory, {self.loaded / MEGABYTE:.0f} of them"
            " before the first file"
        )


def adapter_rates(names: Sequence[str], megabytes: float) -> Iterator[AdapterRate]:
    """Yield what was measured of each format, each in a process of its own; raises AdapterFailed.

    names: as in ``histories.FILES``. The files go into the system's temporary folder, and are
    removed.
    """
    for name in names:
        with TemporaryDirectory(prefix="joinedup-bench-") as folder:
            write(name, Path(folder), int(megabytes * MEGABYTE))
            command = [sys.executable, "-m", "joinedup.bench.adapters", name, folder]
            done = subprocess.run(command, check=False, stdout=subprocess.PIPE)
        if done.returncode:
            raise AdapterFailed(f"The format {name} could not be measured; what it said is above.")
        yield AdapterRate(**json.loads(done.stdout))


def measured(name: str, folder: Path) -> AdapterRate:
    """Return what reading the format's files in this folder took, in this process."""
    files = sorted(folder.iterdir())
    delivery = _delivery(name, files)
    parsed = _cpu()
    for file in files:
        _parse(file)
    parsed, loaded, began = _cpu() - parsed, psutil.Process().memory_info().rss, _cpu()
    with rarely_collected():
        tally = deliver(delivery, Rehearsal())
    return AdapterRate(
        format=name,
        bytes=sum(file.stat().st_size for file in files),
        events=tally.events,
        refused=tally.refused.total(),
        cpu=_cpu() - began,
        parsed=parsed,
        peak=_peak(),
        loaded=loaded,
    )


def _delivery(name: str, files: Sequence[Path]) -> Delivery:
    form = FORMATS[name.partition("/")[0]]
    moment = datetime.combine(EXTRACTED_ON, datetime.min.time(), UTC)
    context = Context(local_authority=LA, source=_NOBODY, extracted_at=moment, recorded_at=moment)
    return Delivery(form=form, files=files, context=context, agency=form.agency or "", joins=False)


def _parse(file: Path) -> None:
    """Do what no reader of this kind of file can do without, and nothing with it."""
    parse = _PARSERS.get(file.suffix)
    if parse is not None:
        parse(file)


def _parse_table(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        for _ in csv.reader(lines):
            pass


def _parse_lines(file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)


def _parse_document(file: Path) -> None:
    json.loads(file.read_bytes())


def _parse_xml(file: Path) -> None:
    parser = expat.ParserCreate()
    with file.open("rb") as document:
        while chunk := document.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


_PARSERS: Mapping[str, Any] = {
    ".csv": _parse_table,
    ".jsonl": _parse_lines,
    ".json": _parse_document,
    ".xml": _parse_xml,
}


def _cpu() -> float:
    return time.process_time()


def _peak() -> int:
    """Return the most memory that this process ever held, in bytes."""
    if _STATUS.exists():
        (line,) = (one for one in _STATUS.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return int(psutil.Process().memory_info().rss)


def known_formats() -> tuple[str, ...]:
    """Return the names of what can be measured."""
    return tuple(FILES)


if __name__ == "__main__":
    print(json.dumps(asdict(measured(sys.argv[1], Path(sys.argv[2])))))
