"""What shows it: rights of a child, and evidence for the yearly security self-assessment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from joinedup.protection.tables import code, table

Shown = Mapping[str, tuple[str, tuple[str, ...]]]
"""By theme: what there is to show, and the pages, tests and commands that show it."""

RIGHTS: Shown = {
    "to be told": (
        "a notice is the authority's to write; this pack says what it is about",
        ("docs/data-protection.md", "docs/duties.md"),
    ),
    "access, by the child or a parent": (
        "one child's timeline with its alerts, what was shared with whom, and who looked; what is"
        " about others in it a person takes out",
        ("joinedup child", "joinedup sharing", "docs/audit.md"),
    ),
    "to have it put right": (
        "a correction of the source supersedes, both are kept, and alerts follow",
        ("docs/lifecycle.md", "tests/unit/journey/test_lifecycle.py"),
    ),
    "erasure": (
        "whether it is owed is for people to decide; the keys are destroyed, with a proof",
        ("joinedup erase", "tests/integration/join/test_erase.py"),
    ),
    "that records of two children are not taken for one": (
        "in doubt two children; a person's word joins or parts, and can be taken back",
        ("joinedup identity", "docs/identity.md"),
    ),
    "that a person decides": (
        "an alert is a prompt and does nothing by itself; why it is there is shown",
        ("joinedup why", "docs/duties.md"),
    ),
}

# The objectives are those of the CAF-aligned toolkit as NHS England's guidance names them
# (digital.nhs.uk, "CAF-aligned DSPT guidance", August 2025). The themes beneath are our own words.
EVIDENCE: Mapping[str, Shown] = {
    "A. Managing risk": {
        "risks are known and owned": (
            "threats flow by flow, and hazards to a child, each with its control",
            ("docs/threats/index.md", "docs/hazards.md", "tests/unit/docs/test_security_pages.py"),
        ),
        "what there is: information and systems": (
            "this pack, made from the configuration and held to it",
            ("docs/data-protection.md", "tests/unit/joinedup/test_protection.py"),
        ),
        "suppliers, and what the software is made of": (
            "every dependency locked with hashes, with the reason it is there",
            ("requirements.lock", "docs/dependencies.md", "docs/security.md"),
        ),
    },
    "B. Protecting against cyber attacks and data breaches": {
        "who may reach what": (
            "a user and a role for each process, tried against real servers",
            (
                "tests/integration/stack/test_matrix.py",
                "tests/integration/stack/test_roles.py",
                "docs/security.md",
            ),
        ),
        "people sign in with their organisation's accounts": (
            "OpenID Connect, six roles, a need to know or a reason",
            ("docs/dashboard.md", "tests/integration/dashboard/test_roles.py"),
        ),
        "data in transit and at rest": (
            "TLS alone; records on journeys and state in the store sealed under keys of the child",
            ("tests/integration/stack/test_access.py", "tests/unit/consumers/test_sealing.py"),
        ),
        "passwords and keys are renewed": (
            "while events flow, counted at the end",
            ("joinedup renew-passwords", "tests/integration/intake/test_renewal.py"),
        ),
        "secure by a standard": (
            "OWASP ASVS 5.0.0, level 2, requirement by requirement, with what is open",
            ("docs/asvs/index.md",),
        ),
    },
    "C. Detecting security events": {
        "monitoring": (
            "rules of alerting on every process, and what to do for each",
            ("docs/runbook.md", "tests/unit/docs/test_runbook.py"),
        ),
        "who looked is on record and cannot be changed unseen": (
            "looks, searches and exports in sealed chains that an auditor verifies",
            ("docs/audit.md", "joinedup audit"),
        ),
    },
    "D. Minimising the impact of incidents": {
        "backups, and that they restore": (
            "a server lost with its disk comes back to a moment, byte for byte",
            ("joinedup backup", "tests/integration/stack/test_backups.py"),
        ),
        "continuity": (
            "every part broken in turn; nothing lost, nothing told twice",
            ("docs/reliability.md", "make faults"),
        ),
        "finding out afterwards": (
            "what the platform knew, showed and told whom at a moment",
            ("joinedup replay", "docs/audit.md"),
        ),
    },
    "E. Using and sharing information appropriately": {
        "agreements": (
            "once one is on record for an organisation, what none in force covers is refused",
            ("joinedup agreements", "tests/unit/consumers/intake/test_who_may_speak.py"),
        ),
        "the least that is needed": (
            "each field has purpose, sensitivity and retention; no clinical text, no names kept",
            ("docs/schemas.md", "tests/unit/schemas/test_catalogue.py"),
        ),
        "retention and erasure": (
            "the authority's own schedule, and a proof of each erasure",
            ("joinedup retention", "tests/acceptance/test_retention.py"),
        ),
        "a child who must not be found": (
            "is not linked, found or shown, and alerts are told all the same",
            ("joinedup identity", "docs/identity.md"),
        ),
    },
}


def chapters() -> Iterator[str]:
    """Yield the chapters about rights and about evidence."""
    yield (
        """\
## Rights of the child, and what answers them

How long the authority has, and when a right gives way, is for the authority to say.

"""
        + _table("right", RIGHTS)
    )
    parts = [
        """\
## Evidence for the Data Security and Protection Toolkit

By the five objectives of the toolkit that is aligned with the Cyber Assessment Framework, as NHS
England's guidance names them (digital.nhs.uk, CAF-aligned DSPT guidance, August 2025). The themes
under each are our own words: **no outcome or assertion is numbered here**, because their text was
not read; whoever fills in the toolkit puts each where it belongs. What only an organisation can
show is not here: training, named owners, its own incidents, the patches of its machines.
"""
    ]
    parts += [f"### {title}\n\n{_table('theme', shown)}" for title, shown in EVIDENCE.items()]
    yield "\n".join(parts)


def _table(head: str, shown: Shown) -> str:
    rows = ((theme, what, code(by)) for theme, (what, by) in shown.items())
    return table(f"{head} | what there is | shown by", rows)
