"""The data-protection pack, from the configuration: ``python -m joinedup.protection.document``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from joinedup.protection import access, evidence, installation, processed
from joinedup.protection.installation import Installation
from joinedup.protection.tables import code, table
from journey.duties import DUTIES
from schemas.catalogue import event_types

PAGE = Path(__file__).parents[2] / "docs" / "data-protection.md"

_HEAD = """\
<!-- Written by `python -m joinedup.protection.document` from the configuration; run it again. -->
# Data-protection pack

Inputs for a data protection impact assessment and for the yearly security self-assessment, made
from what the platform goes by: schemas, topics, permissions, roles, pages and duties. The
assessment is the authority's own, and so are its judgement of necessity and proportionality, its
consultation and its signature. **Nothing on this page is legal advice, and where it names no
source it states no law.** With the files of an installation `joinedup protection` adds its
agreements, recipients and retention schedule.
"""


def page(files: Installation = Installation()) -> str:
    """Return the whole pack in Markdown, with what the given files add.

    Raises what the readers of the files do where one cannot be used.
    """
    parts = [
        _HEAD,
        _nature(),
        *processed.chapters(),
        _sealed(),
        *access.chapters(),
        *installation.chapters(files),
        *evidence.chapters(),
    ]
    return "\n".join(parts)


def _nature() -> str:
    types = event_types().values()
    fields = Counter(
        field["sensitivity"]
        for one in types
        if one.has_envelope
        for field in one.schema["fields"][12:]
    )
    bases = Counter(duty.basis.value for duty in DUTIES)
    counted = ", ".join(f"{number} on {basis}" for basis, number in sorted(bases.items()))
    return f"""\
## What is done, and to whom

Records of children who are in alternative provision, have an EHC plan or are known to social care
are joined per child across education, health and social care, within one local authority, and
what is owed to each and has not been heard of is told to a safeguarding lead. There is no national
index. {len(list(types))} record types travel; the fields of events beside the envelope, by
sensitivity: {", ".join(f"{fields[name]} {name}" for name in sorted(fields))}. What is concluded
rests on {len(DUTIES)} duties ([duties.md](duties.md)): {counted}. No decision is made by the
platform: an alert is a prompt for a person, who sees why it is there and says what came of it.

What could go wrong for a child, and what stands against it: [hazards.md](hazards.md); for the data:
[threats](threats/index.md).
"""


def _sealed() -> str:
    tokens = sorted(
        (one.name, field["name"])
        for one in event_types().values()
        for field in one.schema["fields"]
        if field.get("content") in ("token", "record-token")
    )
    by_type: dict[str, list[str]] = {}
    for name, field in tokens:
        by_type.setdefault(name, []).append(field)
    sealed = sum(one.is_sealed for one in event_types().values())
    rows = ((f"`{name}`", code(fields)) for name, fields in by_type.items())
    return f"""\
## What is sealed, what is a token, and what is in clear

{table("where | how | shown by", _places(sealed))}
A **token** is a keyed hash (HMAC-SHA256 under the pseudonym key of the installation): it stands
for an identifier or a record and leads back to it only for who has the key and the identifier. A
child's key is one. Fields of records that hold tokens:

{table("record type | tokens", rows)}"""


def _places(sealed: int) -> Iterator[tuple[str, str, str]]:
    yield (
        "agencies' topics, dead letters",
        "in clear, as they were sent, for the days above",
        "`tests/integration/stack/test_matrix.py`, who reads them",
    )
    yield (
        "`journeys`, and archives of it",
        f"the {sealed} types about a child or a provider sealed (AES-SIV), under a key of the"
        " source's own record of the child; around the seal tokens, times and the source",
        "`tests/unit/consumers/test_sealing.py`",
    )
    yield (
        "the store",
        "facts and state sealed under the same keys, identifiers as tokens; around them the child's"
        " key, duties and days",
        "`tests/unit/consumers/store/test_sealed.py`",
    )
    yield (
        "leaf keys",
        "each wrapped under the master key, which is in no database and no backup",
        "`tests/unit/consumers/test_keystore.py`",
    )
    yield (
        "`alerts`, `deliveries`",
        "in clear: a child's key, duty and days; who was told of which alert",
        "`docs/retention.md`",
    )
    yield (
        "backups",
        "what the databases hold; without the master key nothing in them that is sealed opens",
        "`docs/security.md`",
    )
    yield (
        "logs, metrics, messages to people",
        "no name, date of birth, identifier or free text",
        "`docs/security.md`",
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
