"""The stories told on purpose: each a child's year, and what the platform should say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from producers.simulate import tellings
from producers.simulate.contradictory import CONTRADICTORY
from producers.simulate.left_undone import LEFT_UNDONE
from producers.simulate.life import Life, Misses
from producers.simulate.overdue import OVERDUE
from producers.simulate.papers import write_down
from producers.simulate.population import Child, child
from producers.simulate.story import Story
from producers.simulate.unlinked import UNLINKED

STORIES = (
    Story(
        name="missing joint plan",
        sentence="School, health and social care work with the child; nobody plans together. "
        "A plan is sent that cannot be read, and the alert says that it may exist.",
        year_group=9,
        traits=("ap", "health", "need"),
        misses={"JOINT_PLAN_MISSING": None},
        telling=tellings.unplanned,
    ),
    Story(
        name="delayed post-16 move",
        sentence="The plan of a Year 11 child names no college by 31 March, but six weeks later.",
        year_group=11,
        traits=("ap", "full_plan"),
        misses={"EHC_PHASE_TRANSFER_POST16": 43},
    ),
    Story(
        name="delayed decision",
        sentence="A move back to school is proposed and decided five weeks after it was owed.",
        year_group=10,
        traits=("ap",),
        misses={"AP_TRANSITION_DECISION_DELAYED": 35},
        telling=tellings.long_placement,
    ),
    Story(
        name="late report",
        sentence="The exit plan is agreed in time and typed in three weeks after it was owed: "
        "the alert ends as met in time, reported late.",
        year_group=9,
        traits=("ap",),
        raises=("AP_EXIT_PLAN_MISSING",),
        telling=tellings.late_report,
    ),
    Story(
        name="correction",
        sentence="The agreed end of a placement was typed a month too early; "
        "putting it right withdraws the alert.",
        year_group=8,
        traits=("ap",),
        raises=("AP_MAX_PERIOD_EXCEEDED",),
        telling=tellings.correction,
    ),
    Story(
        name="retraction",
        sentence="A suspension is recorded as a permanent exclusion and taken back a fortnight "
        "later: the alert is withdrawn.",
        year_group=8,
        traits=(),
        raises=("EXCLUSION_DAY6_PERMANENT",),
        telling=tellings.retraction,
    ),
    Story(
        name="duplicates",
        sentence="The register sends all it holds of a placement twice: nothing follows from it.",
        year_group=9,
        traits=("ap",),
        telling=tellings.duplicate,
    ),
    Story(
        name="three numbers, one child",
        sentence="Each agency knows the child by its own number; when social care learns the "
        "others, three children become one, and the joint plan is found missing.",
        year_group=10,
        traits=("ap", "health", "need"),
        misses={"JOINT_PLAN_MISSING": None},
        telling=tellings.apart,
    ),
    Story(
        name="another child's number",
        sentence="Social care types another child's NHS number: the records are not joined by "
        "it, and the alert says that the identity is in review.",
        year_group=9,
        traits=("ap", "need"),
        misses={"AP_EXIT_PLAN_MISSING": None},
        telling=tellings.contradiction,
    ),
    Story(
        name="family not heard",
        sentence="An exit plan is agreed and neither the child nor the family is asked.",
        year_group=9,
        traits=("ap",),
        misses={"FAMILY_NOT_INVOLVED": None},
    ),
    Story(
        name="no exit plan",
        sentence="A placement goes on to its end and nobody agrees what comes after it.",
        year_group=10,
        traits=("ap",),
        misses={"AP_EXIT_PLAN_MISSING": None},
        telling=tellings.long_placement,
    ),
    Story(
        name="silent agency",
        sentence="Health is on the joint plan and contributes nothing.",
        year_group=10,
        traits=("ap", "health"),
        misses={"JOINT_PLAN_AGENCY_SILENT": None},
    ),
    Story(
        name="withdrawn referral",
        sentence="Health refers a child and withdraws it seven weeks later: the joint plan that "
        "was missing is no longer owed.",
        year_group=8,
        traits=("ap",),
        raises=("JOINT_PLAN_MISSING",),
        telling=tellings.referral_withdrawn,
    ),
    Story(
        name="cliff edge",
        sentence="The clinic ends its work when the young person moves to college; "
        "nobody takes over.",
        year_group=11,
        traits=("ap", "health"),
        misses={"POST16_SUPPORT_CLIFF_EDGE": None},
    ),
    Story(
        name="place not started",
        sentence="A college place is accepted and never taken up.",
        year_group=11,
        traits=("ap",),
        misses={"POST16_NOT_STARTED": None},
    ),
    Story(
        name="unregistered and full-time",
        sentence="A child with an EHC plan spends 21 hours a week at a place that is no school.",
        year_group=10,
        traits=("ap", "full_plan"),
        raises=("AP_UNREGISTERED_FULL_TIME",),
        telling=tellings.unregistered,
    ),
    Story(
        name="attendance silent",
        sentence="A provider stops sending attendance for six days.",
        year_group=9,
        traits=("ap",),
        misses={"AP_ATTENDANCE_SILENT": None},
        telling=tellings.long_placement,
    ),
    Story(
        name="first review late",
        sentence="The first review of a child who becomes looked after is four weeks late.",
        year_group=6,
        traits=("care",),
        misses={"LAC_REVIEW_FIRST_20_DAYS": 28},
        telling=tellings.looked_after(date(2025, 1, 6)),
    ),
    Story(
        name="review in next month's file",
        sentence="A first review is held in time and comes with the file of the next month: "
        "the alert is unconfirmed, then met in time, reported late.",
        year_group=5,
        traits=("care",),
        raises=("LAC_REVIEW_FIRST_20_DAYS",),
        telling=tellings.review_in_the_file,
    ),
    Story(
        name="sixth day",
        sentence="A permanently excluded child has no full-time education for three weeks.",
        year_group=9,
        traits=("excluded",),
        misses={"EXCLUSION_DAY6_PERMANENT": 12},
    ),
    Story(
        name="conference late",
        sentence="A child protection conference is held twelve days after it was owed.",
        year_group=4,
        traits=("need", "protection"),
        misses={"ICPC_15_DAYS": 12},
    ),
    *LEFT_UNDONE,
    *OVERDUE,
    *CONTRADICTORY,
    *UNLINKED,
)


def children_of_stories(seed: int) -> list[Child]:
    """Return the child of each story; the first is number 1."""
    random = Random(f"{seed}/stories")
    return [
        _born(child(number, story.year_group, random, set(story.traits)), story)
        for number, story in enumerate(STORIES, start=1)
    ]


def _born(one: Child, story: Story) -> Child:
    return one if story.born is None else replace(one, birth=story.born)


def tell(seed: int, story: Story, child: Child) -> Life:
    """Return the year of a story's child."""
    life = Life(seed, child, Misses(story=story.name, chosen=story.misses))
    story.telling(life)
    write_down(life)
    return life
