"""Absence is believed only when it is true: not after an outage, and not in a first load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from joinedup.commands.demo_run import Demonstration
from joinedup.main import app
from producers.control import heartbeat
from producers.event import Event, Identifier, new_event
from producers.simulate import LA
from producers.simulate.sources import AP_REGISTER, LOOKED_AFTER
from stack.environment import write_environment
from tests.acceptance.telling import alerts, joining, publish

DUTY = "AP_EXIT_PLAN_MISSING"
START = datetime(2025, 9, 8, 9, tzinfo=UTC)
DUE = date(2025, 11, 3)
DEADLINE = datetime.combine(DUE, time(), UTC) + timedelta(days=1)
"""Midnight in London, which has its winter time by then."""
STOPPED_AT = DEADLINE - timedelta(minutes=40)
PLANNED_AT = DEADLINE - timedelta(minutes=20)
STARTED_AT = STOPPED_AT + timedelta(hours=1)

EXTRACTED_AT = datetime(2025, 10, 1, 6, tzinfo=UTC)


def told(type_: str, child: str, at: datetime, **fields: Any) -> tuple[datetime, Event]:
    event = new_event(
        type_,
        local_authority=LA,
        source=AP_REGISTER.speaker,
        source_record_id=f"{type_}/{child}",
        revision=1,
        recorded_at=at,
        identifiers=[Identifier("MIS_ID", child)],
        **fields,
    )
    return at, event


def placed(child: str) -> tuple[datetime, Event]:
    return told("ApPlacementStarted", child, START, provider="ap-1", start_on=START.date())


def planned(child: str) -> tuple[datetime, Event]:
    return told(
        "ExitPlanAgreed",
        child,
        PLANNED_AT,
        agreed_on=DUE,
        destination="school-1",
        exit_on=DUE + timedelta(days=90),
        owner_role="head of year",
        support="mentor",
    )


def beats(after: datetime, until: datetime, every: timedelta) -> Iterator[tuple[datetime, Event]]:
    at = after + every
    while at <= until:
        yield (
            at,
            heartbeat(local_authority=LA, source=AP_REGISTER.speaker, complete_to=at),
        )
        at += every


def test_a_plan_published_in_time_while_intake_was_stopped_for_an_hour_means_no_alert(
    shown: Demonstration,
) -> None:
    shown.prepare()
    publish(shown, [joining(AP_REGISTER, START), placed("with-plan"), placed("without-plan")])
    publish(shown, beats(START, STOPPED_AT, timedelta(hours=12)))
    shown.take_in()
    list(shown.join())
    assert alerts(shown, DUTY) == []

    publish(shown, [planned("with-plan")])
    publish(shown, beats(STARTED_AT, STARTED_AT + timedelta(days=5), timedelta(hours=12)))
    shown.take_in()
    list(shown.join())
    found = alerts(shown, DUTY)
    assert [(one["due"], one["status"], one["number"]) for one in found] == [
        (DUE.isoformat(), "OPEN", 1)
    ]


def a_return_of_ten_years(folder: Path) -> Path:
    """Write ten children whose care came to an end, each reviewed too late, one whose care goes
    on and is reviewed in time, and one whose care goes on with no review since last year.
    """
    born = "02/03/2010"
    header = ["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"]
    episodes = [
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
        "HOME_POST,PL_POST,URN"
    ]
    reviews = ["CHILD,DOB,REVIEW,REVIEW_CODE"]
    for year in range(2015, 2025):
        child = f"ended-{year}"
        header.append(f"{child},1,{born},WBRI,,,")
        episodes.append(f"{child},01/02/{year},S,C2,N1,U1,PR1,01/12/{year},E4A,,,,")
        reviews.append(f"{child},{born},01/09/{year},PN1")
    for child, days in {
        "goes-on": ("10/01/2025", "01/04/2025", "15/09/2025"),
        "forgotten": ("10/01/2024", "01/04/2024", "15/09/2024"),
    }.items():
        header.append(f"{child},1,{born},WBRI,,,")
        began = f"02/01/{days[0][-4:]}"
        episodes.append(f"{child},{began},S,C2,N1,U1,PR1,,,,,,")
        reviews += [f"{child},{born},{day},PN1" for day in days]
    folder.mkdir()
    for name, rows in {"header": header, "episodes": episodes, "reviews": reviews}.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_a_file_of_ten_years_of_history_opens_only_what_is_true_at_its_end(
    shown: Demonstration, tmp_path: Path
) -> None:
    shown.prepare()
    settings = tmp_path / "publisher.env"
    write_environment(settings, shown.environment("publisher"))
    speaks = ["--organisation", LOOKED_AFTER.organisation, "--system", LOOKED_AFTER.system]
    moment = ["--extracted-at", EXTRACTED_AT.replace(tzinfo=None).isoformat()]
    folder = a_return_of_ten_years(tmp_path / "return")
    result = CliRunner().invoke(
        app,
        ["publish", str(folder), "--la", LA, *speaks, *moment, "--env-file", str(settings)],
    )
    assert result.exit_code == 0, result.output
    shown.take_in()
    list(shown.join())

    assert [(one["duty"], one["due"], one["number"]) for one in alerts(shown)] == [
        ("LAC_REVIEW_NEXT_6_MONTHS", "2025-03-15", 1)
    ]
