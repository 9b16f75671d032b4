"""What is one installation's own: agreements, who is told, how long classes are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from consumers.notifier.recipients import Authority, Channel
from consumers.notifier.recipients_file import read_recipients
from joinedup.commands.retention_file import read_schedule
from joinedup.protection.tables import code, table
from schemas.agreements import USUAL_BASIS, Agreement
from schemas.catalogue import event_types
from schemas.sources import SourceRegistry

_AGREEMENT = "DataSharingAgreementRecorded"
_OF_THE_CLASS = {"birth": "birth", "last-record": "the last record"}


class Installation(NamedTuple):
    """Files of one installation; None for what is not given, which the pack then says.

    sources: with the agreements. recipients: who is told. schedule: years of the retention classes.
    now_ms: the moment at which agreements are looked at, ms since 1970 UTC.
    """

    sources: Path | None = None
    recipients: Path | None = None
    schedule: Path | None = None
    now_ms: int = 0


def chapters(installation: Installation) -> Iterator[str]:
    """Yield the chapters; raises what the readers of the files do where one cannot be used."""
    yield _bases(installation)
    yield _recipients(installation)
    yield _retention(installation)


def _codes(field: str) -> str:
    (found,) = [one for one in event_types()[_AGREEMENT].payload if one.name == field]
    return code(found.codes)


def _bases(installation: Installation) -> str:
    text = f"""\
## Purposes and lawful basis, by agreement

An agreement says what an organisation sends, for what and on which basis
([agreements.md](agreements.md)). Purposes that it can state: {_codes("purposes")}. Bases:
{_codes("lawful_basis")}; where none is written it is `{USUAL_BASIS}`. That public task and legal
obligation are the usual bases, and consent need not be, is what summaries of the statutory
guidance say (Working Together 2023; S81, secondary). Which basis, and which condition for special
categories, is right is **for the authority to decide and to write here**: this project found no
primary source for either.

"""
    if installation.sources is None:
        return text + _not_given("agreements", "--sources", "the sources file that intake reads")
    registry = SourceRegistry.load(installation.sources)
    parties = {(one.local_authority, one.organisation) for one in registry.agreements}
    standing = [
        one
        for la, organisation in sorted(parties)
        for one in registry.agreements.standing(la, organisation, installation.now_ms)
    ]
    head = "authority | organisation | agreement | shares | purposes | basis | in force"
    return text + table(head, (_agreement(one) for one in standing))


def _agreement(one: Agreement) -> tuple[str, ...]:
    return (
        one.local_authority,
        f"`{one.organisation}`",
        f"`{one.agreement_id}`, version {one.version}",
        ", ".join((*sorted(one.agencies), *sorted(one.event_types))),
        ", ".join(one.purposes),
        one.lawful_basis,
        f"{one.first_day} to {one.last_day}",
    )


def _recipients(installation: Installation) -> str:
    text = """\
## Recipients

People of the authority see alerts in the dashboard, by role (above). Whoever is told outside of
it gets that there is an alert, how bad it is, the duty's name and a link: no name, no key, no
identifier, no word of a child's story ([notifications.md](notifications.md),
`tests/unit/consumers/notifier/test_messages.py`). The channels are email, GOV.UK Notify and
webhooks, each a processor or a system of the authority's own. An agency is told what became of
its own events. Where traces are turned on, their
collector gets steps and times ([tracing.md](tracing.md)). Nobody else is sent anything.

"""
    if installation.recipients is None:
        return text + _not_given("recipients", "--recipients", "the file that the notifier reads")
    authorities = read_recipients(installation.recipients).authorities
    head = "authority | recipient | urgent by | otherwise by | told of"
    return text + table(head, (row for one in authorities.values() for row in _told(one)))


def _told(authority: Authority) -> Iterator[tuple[str, ...]]:
    for name, one in authority.recipients.items():
        duties = [d for team in authority.teams if name in team.recipients for d in team.duties]
        instead = ["in the place of others"] if name in authority.fallback else []
        yield (
            authority.code,
            f"`{name}`",
            _in_words(one.urgent_by),
            _in_words(one.others_by),
            ", ".join((*map("`{}`".format, duties), *instead)),
        )


def _in_words(channels: Iterable[Channel]) -> str:
    return ", ".join(one.value.lower().replace("_", "-") for one in channels)


def _retention(installation: Installation) -> str:
    text = """\
## Retention

A child's record goes as a whole, at the end of the longest period of any of its classes
([retention.md](retention.md)). What topics keep is above. The one period that is law is the
looked-after child's (Care Planning, Placement and Case Review (England) Regulations 2010, reg
50); every other is the authority's own schedule. What is left of an erased child, and where:
[retention.md](retention.md#what-is-left-of-an-erased-child-and-for-how-long).

"""
    if installation.schedule is None:
        return text + _not_given("years of classes", "--schedule", "the retention schedule")
    schedule, _hash = read_schedule(installation.schedule)
    rows = (
        (f"`{name}`", str(one.years), _OF_THE_CLASS[one.start.value], one.source)
        for name, one in sorted(schedule.periods.items())
    )
    return text + table("class | years | from | where it is from", rows)


def _not_given(what: str, option: str, file: str) -> str:
    return f"The {what} are the installation's own: `joinedup protection {option}` reads {file}.\n"
