from datetime import date

from producers.files import ssda903
from producers.files.outcomes import Noted, Refused, Skipped
from schemas.validation import problems

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nC1,1,02/03/2011,WBRI,K330400125001,,\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
)
REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE"


def episodes(*rows):
    return "\n".join((EPISODES, *rows)) + "\n"


def reviews(*rows):
    return "\n".join((REVIEWS, *rows)) + "\n"


def test_a_period_of_care_begins_moves_and_ends(read, made):
    files = {
        "header.csv": HEADER,
        "episodes.csv": episodes(
            "C1,01/02/2024,S,C2,N1,U1,PR1,05/06/2024,X1,CARPL,,,",
            "C1,05/06/2024,P,C2,N1,K2,PR1,01/09/2024,E4A,,,,",
        ),
    }
    events = made(read(ssda903.read, files))
    assert [kind for kind, _ in events] == [
        "BecameLookedAfter",
        "CarePlacementChanged",
        "CeasedLookedAfter",
    ]
    began, moved, ceased = (record for _, record in events)
    assert began["started_on"] == date(2024, 2, 1)
    assert moved["period"] == ceased["period"] == began["source_record_id"]
    assert (moved["changed_on"], moved["reason_code"]) == (date(2024, 6, 5), "CARPL")
    assert (ceased["ceased_on"], ceased["reason_code"]) == (date(2024, 9, 1), "E4A")


def test_every_event_keeps_the_contract_and_carries_the_child_of_the_header(read, made):
    files = {
        "header.csv": HEADER,
        "episodes.csv": episodes("C1,01/02/2024,S,C2,N1,U1,PR1,05/06/2024,E3,,,,"),
        "reviews.csv": reviews("C1,02/03/2011,20/02/2024,PN1"),
    }
    events = made(read(ssda903.read, files))
    assert len(events) == 3
    for kind, record in events:
        assert problems(f"joinedup.social_care.{kind}", record) == []
        assert record["date_of_birth"] == date(2011, 3, 2)
        assert [(one["scheme"], one["value"]) for one in record["identifiers"]] == [
            ("LA_CHILD_ID", "C1"),
            ("UPN", "K330400125001"),
        ]
        assert record["batch"] == "b1"


def test_an_episode_after_care_ended_begins_a_new_period(read, made):
    rows = (
        "C1,01/02/2023,S,C2,N1,U1,PR1,05/06/2023,E3,,,,",
        "C1,01/02/2024,S,C2,N1,U1,PR1,,,,,,",
    )
    events = made(read(ssda903.read, {"episodes.csv": episodes(*rows)}))
    started = [record["started_on"] for kind, record in events if kind == "BecameLookedAfter"]
    assert started == [date(2023, 2, 1), date(2024, 2, 1)]


def test_episodes_may_stand_in_any_order(read, made):
    rows = (
        "C1,05/06/2024,P,C2,N1,K2,PR1,,,,,,",
        "C1,01/02/2024,S,C2,N1,U1,PR1,05/06/2024,X1,,,,",
    )
    events = made(read(ssda903.read, {"episodes.csv": episodes(*rows)}))
    assert [kind for kind, _ in events] == ["BecameLookedAfter", "CarePlacementChanged"]


def test_a_first_episode_that_is_no_start_is_taken_for_one_and_noted(read, made):
    rows = ("C1,01/02/2024,P,C2,N1,U1,PR1,,,,,,",)
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert [kind for kind, _ in made(outcomes)] == ["BecameLookedAfter"]
    assert [one.field for one in outcomes if isinstance(one, Noted)] == ["RNE"]


def test_an_end_without_its_day_is_refused_and_care_taken_as_ceased_by_the_extract(read, made):
    rows = ("C1,01/02/2024,S,C2,N1,U1,PR1,,E3,,,,",)
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert [kind for kind, _ in made(outcomes)] == ["BecameLookedAfter", "CeasedLookedAfter"]
    assert [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)] == [
        ("DEC", "is empty, although REC says that care ended")
    ]


def test_an_end_without_its_day_before_another_period_is_left_to_that_period(read, made):
    rows = (
        "C1,01/02/2024,S,C2,N1,U1,PR1,,E3,,,,",
        "C1,01/05/2024,S,C2,N1,U1,PR1,,,,,,",
    )
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert [kind for kind, _ in made(outcomes)] == ["BecameLookedAfter", "BecameLookedAfter"]


def test_care_that_began_before_its_first_known_day_says_so(read, made):
    rows = ("C1,01/02/2024,L,C2,N1,U1,PR1,,,,,,", "C2,01/02/2024,S,C2,N1,U1,PR1,,,,,,")
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert [record.get("began_before") for _, record in made(outcomes)] == [True, None]


def refusals(outcomes):
    return [(one.row.number, one.field) for one in outcomes if isinstance(one, Refused)]


def test_rows_that_say_nothing_readable_are_refused_by_line_and_field(read, made):
    rows = (
        ",01/02/2024,S,C2,N1,U1,PR1,,,,,,",
        "C2,2024-02-01,S,C2,N1,U1,PR1,,,,,,",
        "C3,31/02/2024,S,C2,N1,U1,PR1,,,,,,",
        "C4,01/02/2026,S,C2,N1,U1,PR1,,,,,,",
        "C5,01/02/2024,Q,C2,N1,U1,PR1,,,,,,",
    )
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert made(outcomes) == []
    assert refusals(outcomes) == [
        (2, "CHILD"),
        (3, "DECOM"),
        (4, "DECOM"),
        (5, "DECOM"),
        (6, "RNE"),
    ]


def test_an_end_before_the_start_or_after_the_extract_is_refused(read):
    rows = (
        "C1,01/02/2024,S,C2,N1,U1,PR1,31/01/2024,X1,,,,",
        "C2,01/02/2024,S,C2,N1,U1,PR1,31/01/2026,X1,,,,",
        "C3,01/02/2024,S,C2,N1,U1,PR1,31/03/2024,,,,,",
    )
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert refusals(outcomes) == [(2, "DEC"), (3, "DEC"), (4, "REC")]


def test_two_episodes_that_begin_on_one_day_are_not_both_taken(read, made):
    rows = ("C1,01/02/2024,S,C2,N1,U1,PR1,,,,,,", "C1,01/02/2024,P,C2,N1,K2,PR1,,,,,,")
    outcomes = read(ssda903.read, {"episodes.csv": episodes(*rows)})
    assert len(made(outcomes)) == 1
    assert refusals(outcomes) == [(3, "DECOM")]


def test_a_review_after_the_extract_is_refused_with_that_reason(read, made):
    outcomes = read(ssda903.read, {"reviews.csv": reviews("C1,,02/09/2025,PN1")})
    (refused,) = [one for one in outcomes if isinstance(one, Refused)]
    assert (refused.field, refused.reason) == ("REVIEW", "is after the extract date")


def test_a_review_of_the_extract_day_is_taken(read, made):
    (event,) = made(read(ssda903.read, {"reviews.csv": reviews("C1,,01/09/2025,PN1")}))
    assert event[1]["participation"] == "PN1"


def test_a_repeated_review_is_skipped_and_a_contradicting_one_refused(read, made):
    rows = ("C1,,01/05/2025,PN1", "C1,,01/05/2025,PN1", "C1,,01/05/2025,PN2")
    outcomes = read(ssda903.read, {"reviews.csv": reviews(*rows)})
    assert len(made(outcomes)) == 1
    assert [type(one) for one in outcomes[1:]] == [Skipped, Refused]


def test_a_missing_upn_code_is_left_out_and_noted(read, made):
    header = HEADER.replace("K330400125001", "UN3")
    outcomes = read(
        ssda903.read, {"header.csv": header, "reviews.csv": reviews("C1,,01/05/2025,PN1")}
    )
    ((_, record),) = made(outcomes)
    assert [one["scheme"] for one in record["identifiers"]] == ["LA_CHILD_ID"]
    assert [one.field for one in outcomes if isinstance(one, Noted)] == ["UPN"]


def test_a_table_that_is_not_taken_is_accounted_for_whole(read):
    files = {"reviews.csv": reviews(), "oc3.csv": "CHILD,DOB\nC1,x\nC2,y\n"}
    (skipped,) = read(ssda903.read, files)
    assert (skipped.row.file, skipped.rows) == ("oc3.csv", 2)


def test_no_refusal_or_note_holds_a_value_of_the_file(read):
    rows = ("C777,31/02/2024,S,C2,N1,U1,PR1,,,,,,",)
    outcomes = read(ssda903.read, {"header.csv": HEADER, "episodes.csv": episodes(*rows)})
    shown = " ".join(repr(one) for one in outcomes)
    assert "C777" not in shown
    assert "31/02" not in shown
    assert "K3304" not in shown


def test_a_byte_order_mark_and_windows_text_are_read(read, made):
    files = {
        "header.csv": b"\xef\xbb\xbf" + HEADER.encode(),
        "reviews.csv": (REVIEWS + ",NOTE\nC1,,01/05/2025,PN1,Zo\xeb\n").encode("cp1252"),
    }
    assert len(made(read(ssda903.read, files))) == 1
