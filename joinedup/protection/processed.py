"""What is processed: topics, record types and their fields, by what the schemas say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from joinedup.protection.tables import code, table
from schemas.catalogue import ENVELOPE, EventType, event_types
from schemas.tags import PURPOSES, RETENTIONS, SENSITIVITIES
from schemas.topics import TopicSet, TopicSpec
from stack.access import On, grants

_MS_OF_A_DAY = 24 * 3600 * 1000
_ABOUT_NOBODY = "none"
AGENCIES = {
    "education": "Education",
    "health": "Health",
    "social-care": "Children's social care",
    "joint": "Joint: any agency",
    "governance": "Decisions, people's actions and reference data",
    "source": "What a source says of itself",
    "platform": "Written by the platform itself",
}
CARRIED = {
    "education.events": "the schools' events, as they were sent",
    "health.events": "the health services' events, as they were sent",
    "social-care.events": "children's social care's events, as they were sent",
    "decisions": "people's decisions and actions, rules, calendars, agreements",
    "journeys": "every event in one order; what is about a child or a provider is sealed",
    "alerts": "each change of an alert: a child's key, duty, days; no name, no identifier",
    "deliveries": "who was told of an alert and by what; no child",
    "checkpoints": "signed heads of the chains; no child",
    "dead-letters": "what was refused, as it was sent, with the reason",
}
"""What a topic carries, by its name without a prefix."""


def chapters() -> Iterator[str]:
    """Yield the chapters about topics, record types and their fields."""
    yield _topics()
    yield _record_types()
    yield _tags()


def _topics() -> str:
    topics = TopicSet()
    rows = (
        (
            f"`{one.name}`",
            CARRIED[one.name],
            kept_for(one),
            code(users_of(one.name, "WRITE")) or "systems that were added",
            code(users_of(one.name, "READ")),
        )
        for one in topics.topic_specs(simulated=False)
    )
    return """\
## Topics, and who reads and writes them

From `schemas/topics.py` and the permissions of `stack/access.py`, which a broker was tried
against user by user (`tests/integration/stack/test_matrix.py`). Beside these, each agency's
system that was added writes on its own agency's topic, the dashboard on `decisions`, and neither
reads any. `admin` makes topics and users.

""" + table("topic | carries | kept | written by | read by", rows)


def kept_for(topic: TopicSpec) -> str:
    """Return in words how long Kafka keeps what is on a topic."""
    milliseconds = int(topic.config["retention.ms"])
    return "for ever" if milliseconds < 0 else f"{milliseconds // _MS_OF_A_DAY} days"


def users_of(topic: str, operation: str) -> list[str]:
    """Return the platform's own users that may do this on a topic, in order."""
    found = {
        grant.user
        for grant in grants(TopicSet())
        if grant.on is On.TOPIC and grant.name == topic and grant.operation == operation
    }
    return sorted(found)


def _record_types() -> str:
    types = event_types().values()
    parts = [
        """\
## Record types, and their fields by sensitivity

From the attributes that each field carries in `schemas/avsc`; a field without them fails the
tests (`tests/unit/schemas/test_catalogue.py`). What each field means, its own purpose and its own
retention class: [schemas.md](schemas.md). *Sealed* says that `journeys` holds it under a key of
what it is about. Fields that are about no person are counted and not named.
""",
        _envelope(next(one for one in types if one.has_envelope)),
    ]
    for agency, title in AGENCIES.items():
        of_it = [one for one in types if one.agency == agency]
        rows = (_row(one) for one in of_it)
        head = "type | about | sealed | purposes | fields about a person | others | retention"
        parts.append(f"### {title} ({len(of_it)})\n\n{table(head, rows)}")
    return "\n".join(parts)


def _envelope(any_event: EventType) -> str:
    fields = any_event.schema["fields"][: len(ENVELOPE)]
    return (
        f"Every event begins with an envelope; about a person in it: {_by_sensitivity(fields)}.\n"
    )


def _row(one: EventType) -> tuple[str, ...]:
    every = one.schema["fields"]
    fields = every[len(ENVELOPE) :] if one.has_envelope else every
    purposes = sorted({field["purpose"] for field in fields})
    return (
        f"`{one.name}`",
        "" if one.subject == "none" else one.subject,
        "yes" if one.is_sealed else "no",
        ", ".join(purposes),
        _by_sensitivity(fields),
        str(sum(field["sensitivity"] == _ABOUT_NOBODY for field in fields)),
        ", ".join(sorted(one.retentions)),
    )


def _by_sensitivity(fields: list[Mapping[str, Any]]) -> str:
    said = []
    for sensitivity in reversed(SENSITIVITIES):
        names = [field["name"] for field in fields if field["sensitivity"] == sensitivity]
        if names and sensitivity != _ABOUT_NOBODY:
            said.append(f"*{sensitivity}*: {code(names)}")
    return "; ".join(said)


def _tags() -> str:
    def meanings(names: Mapping[str, str]) -> list[tuple[str, str]]:
        return sorted(names.items())

    return (
        """\
## What the words mean

Purposes are of a field: why it travels. Under which agreement and basis an organisation sends it
is below.

"""
        + table("purpose | meaning", meanings(PURPOSES))
        + "\n"
        + table("sensitivity | meaning", SENSITIVITIES.items())
        + "\n"
        + table("retention class | meaning", meanings(RETENTIONS))
    )
