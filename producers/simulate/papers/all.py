"""All that agencies write down of a child's year, once it is known what happened in it."""

from __future__ import annotations

from producers.simulate.life import Life
from producers.simulate.papers.care import keep_care_papers
from producers.simulate.papers.clinic import keep_clinic_papers
from producers.simulate.papers.details import tell_details
from producers.simulate.papers.exclusions import tell_of_exclusions
from producers.simulate.papers.placing import keep_placement_papers
from producers.simulate.papers.plans import keep_plan_papers
from producers.simulate.papers.post16 import keep_post16_papers
from producers.simulate.papers.protection import keep_protection_papers
from producers.simulate.papers.years import confirm_activity


def write_down(life: Life) -> None:
    """Tell what follows from what the child's year already holds; call it once, at the end."""
    keep_placement_papers(life)
    tell_of_exclusions(life)
    keep_plan_papers(life)
    keep_protection_papers(life)
    keep_care_papers(life)
    keep_clinic_papers(life)
    keep_post16_papers(life)
    confirm_activity(life)
    tell_details(life)
