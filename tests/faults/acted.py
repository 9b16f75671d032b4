"""What leads did at the dashboard, and whether the platform holds all of it and no more."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.faults.lead import ACT, NAME
from tests.faults.pipeline import Pipeline

_ACTS = f"SELECT event_id::text, act FROM actions WHERE author = '{NAME}'"
_LOOKS = f"SELECT child, count(*) FROM reads WHERE reader = '{NAME}' GROUP BY child"


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What became of it.

    done: acknowledgements that the dashboard answered. lost: those that the store lacks.
    invented: acts in the store that no lead of ours does. unlooked: children whose alerts were
    shown more often than that is on record.
    """

    done: int
    lost: int
    invented: int
    unlooked: int


def answered(file: Path) -> tuple[set[str], Counter[str]]:
    """Return the ids of the acts that were answered, and how often each child was shown."""
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    acts = {line["recorded"] for line in lines if "recorded" in line}
    return acts, Counter(line["looked"] for line in lines if "looked" in line)


def are_carried_out(pipeline: Pipeline, file: Path) -> bool:
    """Return whether the store holds every act that was answered."""
    acts, _ = answered(file)
    return pipeline.number(f"SELECT count(*) FROM ({_ACTS} AND act = '{ACT}') AS a") >= len(acts)


def acted(pipeline: Pipeline, file: Path) -> Acted:
    """Return what became of what the leads did; ask when all of it is carried out."""
    acts, shown = answered(file)
    held = dict(pipeline.rows(_ACTS))
    looks = Counter({str(child): int(count) for child, count in pipeline.rows(_LOOKS)})
    return Acted(
        done=len(acts),
        lost=len(acts - held.keys()),
        invented=sum(act not in (ACT, "SEEN") for act in held.values()),
        unlooked=len(shown - looks),
    )
