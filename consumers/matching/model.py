"""How much each agreement of two records says for one child: the Fellegi-Sunter model, by splink.

Every number here is our own default: no source gives them. None is learnt from an authority's
children, so the same two records weigh the same everywhere, and each weight can be explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from math import log2
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from consumers.errors import SettingsError
from consumers.matching.details import Details

if TYPE_CHECKING:
    from splink import SettingsCreator

MODEL = "2026-11"
"""Version of the numbers; what was found names it."""
THRESHOLD = 0.0
"""Weight (log2 of the odds) from which two records are put forward: as likely one child as two."""
PRIOR = 1e-4
"""How likely two records of an authority, drawn at random from two systems, are one child."""


class Level(NamedTuple):
    """One way in which two values agree.

    among_same: how often it is so of two records of one child. among_others: of two children.
    """

    name: str
    among_same: float
    among_others: float

    @property
    def weight(self) -> float:
        """How much it says for one child: log2 of the odds."""
        return log2(self.among_same / self.among_others)


LEVELS: dict[str, tuple[Level, ...]] = {
    "given_name": (
        Level("same", 0.85, 0.008),
        Level("alike", 0.08, 0.012),
        Level("other", 0.07, 0.98),
    ),
    "family_name": (
        Level("same", 0.88, 0.003),
        Level("alike", 0.07, 0.006),
        Level("other", 0.05, 0.991),
    ),
    "born": (
        Level("same", 0.93, 0.0002),
        Level("one-slip", 0.04, 0.004),
        Level("two-slips", 0.02, 0.03),
        Level("other", 0.01, 0.9658),
    ),
    "postcode": (
        Level("same", 0.72, 0.0008),
        Level("one-slip", 0.06, 0.0012),
        Level("same-district", 0.07, 0.05),
        Level("other", 0.15, 0.948),
    ),
}
"""The levels of each comparison, the strongest first; *alike* is a Jaro-Winkler likeness of 0.9."""

NOT_GIVEN = "not-given"
NAMES = ("given_name", "family_name")


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """What one comparison says: which level it is, and its weight (log2 of the odds)."""

    field: str
    level: str
    weight: float


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """Two records, by their keys in order, and what says for or against one child.

    weight: the prior's and all comparisons' together.
    """

    first: str
    second: str
    weight: float
    because: tuple[Because, ...]


def weigh(people: Iterable[Details], threshold: float = THRESHOLD) -> list[Weighed]:
    """Return the pairs that weigh at least the threshold, the heaviest first.

    Only pairs with something in common are looked at: a date of birth, or a name with the other
    name or the postcode. Where neither name agrees, a birth and a postcode are a neighbour's or a
    twin's. All of it is in memory. Raises SettingsError where splink is not there.
    """
    known = {one.key: one for one in people}
    if len(known) < 2:
        return []
    rows = [msgspec.to_builtins(one) for one in known.values()]
    found = [_weighed(row) for row in _pairs(rows, threshold)]
    named = [one for one in found if _is_named_alike(one, known[one.first], known[one.second])]
    return sorted(named, key=lambda one: (-one.weight, one.first, one.second))


def _is_named_alike(one: Weighed, first: Details, second: Details) -> bool:
    """Return whether a name agrees, be it with the other's other name, or is not given."""
    if any(said.field in NAMES and said.level != "other" for said in one.because):
        return True
    return first.given_name == second.family_name or first.family_name == second.given_name


def _pairs(rows: Sequence[dict[str, Any]], threshold: float) -> list[dict[str, Any]]:
    if find_spec("splink") is None:
        raise SettingsError(
            "Comparing needs splink: run `pip install 'joinedup[candidates]'`, or make install."
        )
    import duckdb
    from splink import DuckDBAPI, Linker

    # No file is ever written: without a directory for what does not fit, it fails instead.
    connection = duckdb.connect(":memory:", config={"temp_directory": "", "threads": 2})
    try:
        database = DuckDBAPI(connection)
        # It would tell its progress on the terminal.
        linker = Linker(database.register(rows), _settings(), log_level="ERROR")
        return linker.inference.predict(threshold_match_weight=threshold).as_record_list()
    finally:
        connection.close()


def _settings() -> SettingsCreator:
    import splink.comparison_level_library as levels
    from splink import SettingsCreator, block_on
    from splink.comparison_library import CustomComparison

    def comparison(field: str, *between: Any) -> Any:
        every = [levels.NullLevel(field), levels.ExactMatchLevel(field), *between]
        numbers = LEVELS[field]
        return CustomComparison([*every, levels.ElseLevel()], field).configure(
            m_probabilities=[one.among_same for one in numbers],
            u_probabilities=[one.among_others for one in numbers],
        )

    district = "split_part(postcode_l, ' ', 1) = split_part(postcode_r, ' ', 1)"
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="key",
        comparisons=[
            comparison("given_name", levels.JaroWinklerLevel("given_name", 0.9)),
            comparison("family_name", levels.JaroWinklerLevel("family_name", 0.9)),
            comparison(
                "born",
                levels.DamerauLevenshteinLevel("born", 1),
                levels.DamerauLevenshteinLevel("born", 2),
            ),
            comparison(
                "postcode",
                levels.DamerauLevenshteinLevel("postcode", 1),
                levels.CustomLevel(district),
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("born"),
            block_on("family_name", "given_name"),
            block_on("postcode", "given_name"),
            block_on("postcode", "family_name"),
            block_on("substr(family_name, 1, 3)", "substr(given_name, 1, 2)"),
        ],
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _weighed(row: dict[str, Any]) -> Weighed:
    first, second = sorted((row["key_l"], row["key_r"]))
    return Weighed(
        first=first,
        second=second,
        weight=round(row["match_weight"], 2),
        because=tuple(_because(row)),
    )


def _because(row: dict[str, Any]) -> Iterator[Because]:
    for field in LEVELS:
        weight = row[f"mw_{field}"]
        yield Because(field=field, level=_level(field, weight), weight=round(weight, 2))


def _level(field: str, weight: float) -> str:
    """Return which level weighs so: every one weighs otherwise, and what is not given nothing."""
    if weight == 0:
        return NOT_GIVEN
    return min(LEVELS[field], key=lambda one: abs(one.weight - weight)).name
