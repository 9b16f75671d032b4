"""What the real files that others wrote give, as a page: ``python -m tests.real_files`` writes it.

The files stand beside the repository, in ``../shared/data``; they are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from producers.delivery import Delivery, Rehearsal, deliver
from producers.event import Source
from producers.files import FORMATS, Context, Made, Outcome, files_of
from producers.tally import Tally

DATA = Path(__file__).parents[2] / "shared" / "data"
PAGE = Path(__file__).parents[1] / "docs" / "real-files.md"
MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""The extract moment that every account is made with: later days are refused."""
_HEAD = """\
<!-- Written by `python -m tests.real_files` from the files in ../shared/data; run it again. -->
# What real files give

Files of the formats that agencies export, made public by others, read as `joinedup validate` reads
them. All people in them are invented, by those who published them. The files are not part of this
repository: where the folder is absent, the tests that hold this page to them are skipped. How each
format is read: [publishing.md](publishing.md).

The extract moment is 23 November 2026. *Children* are those of whom at least one event is made, by
each source's own way of naming them.

"""


@dataclass(frozen=True)
class RealFiles:
    """A folder of real files and how it is read.

    la: the authority, where the files are of several or name one. note: what to know of them.
    """

    format: str
    folder: str
    la: str = "999"
    opaque_upn: bool = False
    note: str = ""

    @property
    def path(self) -> Path:
        """The folder or file."""
        return DATA / self.folder


REAL_FILES = (
    RealFiles("ssda903", "ssda903/dev/csv"),
    RealFiles(
        "school-census",
        "school_census/dev",
        opaque_upn=True,
        note="Two terms. The pupil numbers are no UPNs, so they are taken with `--opaque-upn`.",
    ),
    RealFiles("cin-census", "cin_census/dev/fake_CIN_data.xml", la="975"),
    RealFiles("cin-census", "cin_census/dev/CIN_Census_2024.xml", la="201"),
    RealFiles("cin-census", "cin_census/dev/CIN2rows.xml", la="201"),
    RealFiles(
        "sen2",
        "sen2/dev",
        la="201",
        opaque_upn=True,
        note="Two years. No number in them passes its check, so they are read with `--opaque-upn`.",
    ),
    RealFiles(
        "nccis",
        "nccis/dev/test1.xml",
        la="391",
        note="A file of six authorities; the records of the five others are passed over.",
    ),
    RealFiles("fhir", "fhir_bars/dev", note="The patient's NHS number fails its check digit."),
    RealFiles("fhir", "fhir_ukcore/dev"),
    RealFiles("nems", "nems/dev", note="A contact that is new, then updated, then deleted."),
    RealFiles("cpis", "cpis/dev"),
)


@dataclass
class Account:
    """The account of one set of files."""

    tally: Tally
    children: set[str] = field(default_factory=set)


@cache
def account(files: RealFiles) -> Account:
    """Read the files without sending anything, and return the account of every row."""
    form = FORMATS[files.format]
    children: set[str] = set()

    def watch(tally: Tally, outcome: Outcome) -> None:
        if isinstance(outcome, Made):
            named = outcome.event.record["identifiers"]
            children.update(f"{one['scheme']}/{one['value']}" for one in named[:1])

    context = Context(
        local_authority=files.la,
        source=Source("rehearsal", "rehearsal"),
        extracted_at=MOMENT,
        recorded_at=MOMENT,
        opaque_upn=files.opaque_upn,
    )
    delivery = Delivery(
        form=form,
        files=files_of([files.path], form),
        context=context,
        agency=form.agency or "",
    )
    return Account(deliver(delivery, Rehearsal(), watch=watch), children)


def page() -> str:
    """Return the whole page in Markdown."""
    made = [(one, account(one)) for one in REAL_FILES]
    parts = [_HEAD, *_summary(made)]
    for files, found in made:
        parts += ["\n", *_section(files, found)]
    return "".join(parts)


def _summary(made: Iterable[tuple[RealFiles, Account]]) -> Iterator[str]:
    yield "| format | files | rows | children | events | refusals |\n|---|---|---|---|---|---|\n"
    for files, found in made:
        tally = found.tally
        yield (
            f"| `{files.format}` | `{files.folder}` | {tally.rows()['read']:,} | "
            f"{len(found.children):,} | {tally.events:,} | {tally.refused.total():,} |\n"
        )


def _section(files: RealFiles, found: Account) -> Iterator[str]:
    yield f"## `{files.format}`: {files.folder}\n\n"
    if files.note:
        yield f"{files.note}\n\n"
    tally = found.tally
    rows = tally.rows()
    yield (
        f"Rows read: {rows['read']:,}. Gave events: {rows['with_events']:,}. "
        f"Refused in whole or in part: {rows['refused']:,}. Not used: {rows['not_used']:,}.\n\n"
    )
    yield "| count | what |\n|---|---|\n"
    for what, count in tally.accepted.most_common():
        yield f"| {count:,} | `{what}` |\n"
    for (name, reason), count in tally.refused.most_common():
        yield f"| {count:,} | refused: {name}: {reason} |\n"
    for reason, count in tally.skipped.most_common():
        yield f"| {count:,} | not used: {reason} |\n"
    for (name, reason), count in tally.noted.most_common():
        yield f"| {count:,} | noted: {name}: {reason} |\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
