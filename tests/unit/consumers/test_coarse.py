"""What a metric shows of children is too coarse to tell one."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from consumers.coarse import to_the_hour, up_to_five
from consumers.join.overview import OverviewMetrics
from consumers.store.overview import OpenAlerts, Overview, SourceStands

HOUR_MS = 3_600_000
AT = 1_790_000_000_000


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 5), (5, 5), (6, 10), (101, 105)])
def test_a_count_is_shown_in_fives_and_nothing_as_nothing(count: int, shown: int) -> None:
    assert up_to_five(count) == shown


def test_two_moments_of_an_hour_are_shown_as_one() -> None:
    assert to_the_hour(AT) == to_the_hour(AT + 1000) == to_the_hour(AT) // 3600 * 3600
    assert to_the_hour(AT + HOUR_MS) == to_the_hour(AT) + 3600


def an_overview(**given: object) -> Overview:
    alerts = OpenAlerts(
        la="330",
        severity="critical",
        open=3,
        unseen=1,
        untaken=2,
        aside=0,
        escalated=6,
        oldest_unseen=AT,
    )
    return Overview(
        states=(("330", "RESOLVED", 12),),
        open=(alerts,),
        sources=(
            SourceStands(la="330", source="a/b", heard=AT, complete_to=AT - 5, is_silent=True),
        ),
    )


def test_the_overview_shows_states_attention_and_sources_in_fives() -> None:
    registry = CollectorRegistry()
    metrics = OverviewMetrics(registry)
    metrics.show(an_overview())

    def shown(attention: str) -> float | None:
        labels = {"la": "330", "severity": "critical", "attention": attention}
        return registry.get_sample_value("joinedup_open_alerts", labels)

    assert [shown(one) for one in ("all", "unseen", "untaken", "aside", "escalated")] == [
        *(5, 5, 5, 0, 10)
    ]
    of_the_source = {"la": "330", "source": "a/b"}
    assert registry.get_sample_value("joinedup_source_heard_seconds", of_the_source) == AT / 1000
    assert registry.get_sample_value("joinedup_source_silent", of_the_source) == 1
    metrics.show(Overview(states=(), open=(), sources=()))
    assert shown("all") is None
    assert registry.get_sample_value("joinedup_source_silent", of_the_source) is None
