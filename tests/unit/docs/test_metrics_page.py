"""docs/metrics.md is made of the metrics, and none of them can tell one child."""

from __future__ import annotations

from joinedup.watched.document import PAGE, every_metric, page

LABELS = {
    *("partition", "outcome", "reason", "la", "state", "severity", "attention", "source"),
    *("step", "channel", "urgent", "status", "route"),
}
"""What is not free text, and of no child: the page says how many values each has."""
OF_ALERTS = ("alerts", "alert")


def test_the_page_is_current() -> None:
    assert page(PAGE.read_text()) == PAGE.read_text(), "run python -m joinedup.watched.document"


def test_no_label_is_of_a_child_an_alert_or_a_duty() -> None:
    assert {label for one in every_metric() for label in one.labels} == LABELS


def test_a_count_of_an_authoritys_alerts_is_coarse() -> None:
    named = [
        one
        for one in every_metric()
        if "la" in one.labels and any(word in one.name.split("_") for word in OF_ALERTS)
    ]
    assert len(named) > 5
    for one in named:
        assert "rounded up to the next" in one.meaning or "The hour in which" in one.meaning


def test_every_metric_has_a_name_of_ours_a_meaning_and_one_place() -> None:
    names = [one.name for one in every_metric()]
    assert len(names) == len(set(names))
    for one in every_metric():
        assert one.name.startswith("joinedup_") and one.meaning.endswith((".", "route."))
