"""A rule set that is given to a command as a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from joinedup.commands.rules_file import RulesUnreadable, read_rules
from joinedup.commands.speaking import REFUSED, fail
from journey.duties import all_duties
from journey.duties.duty import UNLIMITED
from journey.rulebook import Supposed
from journey.rules import RuleSet, faults

RulesFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="The rule set, in TOML: docs/rules.md.")
]
From = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="Since when the rule set is taken to have judged; else from the beginning.",
    ),
]


def checked(file: Path) -> RuleSet:
    """Return the rule set of a file; end the command in sentences where it would be refused."""
    try:
        rules = read_rules(file)
    except RulesUnreadable as fault:
        fail(str(fault), REFUSED)
    found = faults(rules, all_duties())
    if found:
        sentences = (fault.sentence for fault in found)
        fail("\n".join((*sentences, "The rule set is refused: nothing of it holds.")), REFUSED)
    return rules


def supposed_of(file: Path, since: datetime | None) -> Supposed:
    """Return the rule set of a file as in force from a day on, or from the beginning."""
    return Supposed(checked(file), since.date() if since else UNLIMITED)
