"""Stories of children of whom two agencies know nothing that is the same but name and birth."""

from __future__ import annotations

from datetime import date

from producers.simulate.life import Life
from producers.simulate.names import details_of
from producers.simulate.sources import CASEWORK, CLINIC, Source
from producers.simulate.story import Story


def _known_to(life: Life, source: Source, agency: str, service: str, **spelling: str) -> None:
    life.strangers = {source.name: spelling}
    life.tell(
        source,
        "AgencyInvolvementStarted",
        started_on=date(2025, 1, 13),
        agency=agency,
        service=service,
    )


def _misspelt(life: Life) -> None:
    family = details_of(life.child.number).family_name
    _known_to(life, CLINIC, "HEALTH", "CAMHS", family_name=family + "e")


def _moved(life: Life) -> None:
    _known_to(life, CASEWORK, "SOCIAL_CARE", "FAMILY_SUPPORT", postcode="QX4 9ZZ")


def _as_it_is(life: Life) -> None:
    _known_to(life, CLINIC, "HEALTH", "CAMHS")


UNLINKED = (
    Story(
        name="one letter more",
        sentence="School and clinic share no number of a child, and the clinic writes its name "
        "with a letter more: a person is asked whether the two records are one child.",
        year_group=6,
        traits=(),
        telling=_misspelt,
    ),
    Story(
        name="another address",
        sentence="Social care knows a child by name and birth at an address that the school does "
        "not have: a person is asked.",
        year_group=2,
        traits=(),
        telling=_moved,
    ),
    Story(
        name="no number",
        sentence="The clinic has no NHS number of a child that the school knows by the same name, "
        "birth and postcode: a person is asked, and nothing is linked by itself.",
        year_group=8,
        traits=(),
        telling=_as_it_is,
    ),
)
