"""The children of an invented authority: nobody, in realistic proportions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from producers.simulate import numbers

DEFAULT_CHILDREN = 340
YEAR_11 = 11
YEAR_12 = 12
_ESTABLISHMENTS = tuple(f"{4000 + n}" for n in range(1, 13))


@dataclass(frozen=True, kw_only=True)
class Child:
    """One invented child in the academic year 2024/25.

    year_group: national curriculum year. establishment: the home school's LAESTAB.
    ap: placed in alternative provision in the year. full_plan: has had an EHC plan for longer.
    request: an EHC assessment is asked for in the year. need: child in need.
    protection: a child protection enquiry in the year. care: looked after.
    health: known to the mental health service. excluded: permanently excluded in the year.
    by_census: the school arranged the placement itself and tells of it in its census only.
    """

    number: int
    birth: date
    sex: str
    year_group: int
    establishment: str
    upn: str
    nhs: str
    uln: str
    ap: bool = False
    full_plan: bool = False
    request: bool = False
    need: bool = False
    protection: bool = False
    care: bool = False
    health: bool = False
    excluded: bool = False
    by_census: bool = False

    @property
    def social_care(self) -> bool:
        """Return True where children's social care works with the child."""
        return self.need or self.protection or self.care

    @property
    def agencies(self) -> tuple[str, ...]:
        """Return the agencies that work with the child, by the codes of a joint plan."""
        known = {
            "EDUCATION": self.ap or self.full_plan,
            "HEALTH": self.health,
            "SOCIAL_CARE": self.social_care,
        }
        return tuple(agency for agency, involved in known.items() if involved)

    @property
    def clinic_id(self) -> str:
        """Return the mental health service's number for the child."""
        return f"W{self.number * 11:06d}"

    @property
    def la_child_id(self) -> str:
        """Return the council's number for the child."""
        return f"WX{310_000 + self.number * 7}"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A kind of child: how common it is here, its year groups, and what else is likely."""

    share: float
    years: tuple[int, ...]
    always: tuple[str, ...] = ()
    chances: tuple[tuple[str, float], ...] = ()


PROFILES = (
    # England, scaled to one authority, with alternative provision about six times as common as
    # among all children with a plan or a social worker: it is what the platform is about.
    Profile(
        share=0.11,
        years=(11,),
        always=("ap",),
        chances=(("full_plan", 0.30), ("need", 0.25), ("care", 0.06), ("health", 0.35)),
    ),
    Profile(
        share=0.19,
        years=(7, 8, 9, 10, 10),
        always=("ap",),
        chances=(
            *(("full_plan", 0.25), ("need", 0.25), ("care", 0.06), ("health", 0.30)),
            ("by_census", 0.08),
        ),
    ),
    Profile(
        share=0.05,
        years=(8, 9, 10),
        always=("excluded",),
        chances=(("need", 0.2), ("health", 0.15)),
    ),
    Profile(
        share=0.30,
        years=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        always=("full_plan",),
        chances=(("need", 0.12), ("care", 0.04), ("health", 0.15)),
    ),
    Profile(share=0.09, years=(1, 2, 3, 4, 5, 7, 8), always=("request",)),
    Profile(
        share=0.13,
        years=(1, 2, 4, 5, 6, 7, 8, 9, 10),
        always=("need",),
        chances=(("protection", 0.35), ("health", 0.08)),
    ),
    Profile(share=0.07, years=(2, 4, 6, 7, 8, 9, 10), always=("care",)),
    Profile(share=0.06, years=(12,), chances=(("full_plan", 0.3), ("health", 0.1))),
)


def children(seed: int, count: int, first: int = 1) -> list[Child]:
    """Return this many invented children, numbered from first; a seed always gives the same."""
    random = Random(f"{seed}/population")
    counts = _apportioned(count)
    kinds = [profile for profile, some in zip(PROFILES, counts, strict=True) for _ in range(some)]
    random.shuffle(kinds)
    return [_child(number, profile, random) for number, profile in enumerate(kinds, start=first)]


def _apportioned(count: int) -> list[int]:
    counts = [int(profile.share * count) for profile in PROFILES]
    counts[1] += count - sum(counts)
    return counts


def _child(number: int, profile: Profile, random: Random) -> Child:
    traits = {name for name, chance in profile.chances if random.random() < chance}
    return child(number, random.choice(profile.years), random, traits | set(profile.always))


def child(number: int, year_group: int, random: Random, traits: set[str]) -> Child:
    """Return one invented child with these traits; its identifiers follow from its number."""
    establishment = _ESTABLISHMENTS[number % len(_ESTABLISHMENTS)]
    return Child(
        number=number,
        birth=_birth(year_group, random),
        sex=random.choice("MMF" if "ap" in traits else "MF"),
        year_group=year_group,
        establishment=numbers.LA + establishment,
        upn=numbers.upn(establishment, 2024 - year_group, number % 1000),
        nhs=numbers.nhs_number(number),
        uln=numbers.uln(number),
        **dict.fromkeys(sorted(traits), True),
    )


def _birth(year_group: int, random: Random) -> date:
    # A child in year n of 2024/25 reaches the age of n + 5 in that year.
    return date(2024 - (year_group + 5), 9, 1) + timedelta(days=random.randrange(365))
