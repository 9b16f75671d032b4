"""A session that ended is none in every process of the dashboard, and after a restart of each."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from consumers.migrations import migrate
from dashboard.app import COOKIE
from dashboard.ended import NotTheirName
from dashboard.ended_in_store import EndedInStore
from dashboard.people import Person
from dashboard.settings import DashboardSettings
from joinedup.commands.dashboard import built
from joinedup.main import app as command
from stack import LocalStack
from stack.environment import write_environment
from tests.integration.dashboard.browser import Browser, text_of
from tests.integration.dashboard.conftest import OURS
from tests.unit.dashboard.frontend import archive

Process = Callable[..., Browser]
EnvironmentOf = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def environment(stack: LocalStack) -> Iterator[EnvironmentOf]:
    """What each process is told of a store in which nothing is yet."""
    name = f"t{secrets.token_hex(4)}"
    stack.create_store(name)
    migrate(stack.owner_address(name))
    yield lambda process: stack.environment(process, "t.", name)
    stack.drop_store(name)


@pytest.fixture
def process(environment: EnvironmentOf, tmp_path: Path) -> Iterator[Process]:
    """Starts another process of the dashboard, on one store and with one key; gives a browser."""
    given = {**environment("dashboard"), "JOINEDUP_SESSION_KEY": "22" * 32}
    values = {name.removeprefix("JOINEDUP_").lower(): value for name, value in given.items()}
    settings = DashboardSettings.model_validate(values)
    with ExitStack() as opened:

        def started(cookie: str = "") -> Browser:
            app, login = built(settings, archive(tmp_path), "127.0.0.1", [OURS], ended=EndedInStore)
            app.state.parts.store.open()
            opened.callback(app.state.parts.store.close)
            client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
            if cookie:
                client.cookies.set(COOKIE, cookie)
            return Browser(client, login.password)

        yield started


def is_let_in(browser: Browser) -> bool:
    return bool(browser.client.get("/api/me").status_code == 200)


def test_a_session_that_ended_is_none_in_another_process_or_after_a_restart(
    process: Process,
) -> None:
    first = process()
    first.sign_in(OURS, lands=303)
    copied = first.client.cookies[COOKIE]
    assert is_let_in(process(copied))
    assert first.submit("/find", "/sign-out", {}).status_code == 303
    assert not is_let_in(process(copied))
    again = process()
    again.sign_in(OURS, lands=303)
    assert is_let_in(process(again.client.cookies[COOKIE])), "another session of the same person"


def test_an_operator_ends_all_sessions_of_one_person_and_of_nobody_else(
    environment: EnvironmentOf, process: Process, tmp_path: Path
) -> None:
    theirs, other = process(), process()
    theirs.sign_in(OURS, name="b.gone", lands=303)
    other.sign_in(OURS, name="b.stays", lands=303)
    file = tmp_path / "reader.env"
    write_environment(file, environment("reader"))
    said = CliRunner().invoke(
        command, ["sign-out", "b.gone", "--la", OURS, "--env-file", str(file)]
    )
    assert said.exit_code == 0, said.output
    assert not is_let_in(theirs) and not is_let_in(process(theirs.client.cookies[COOKIE]))
    assert is_let_in(other)


def test_somebody_sees_where_they_are_signed_in_and_ends_what_they_do_not_know(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, unknown, another = process(), process(), process()
    for browser in (unknown, here):
        browser.sign_in(OURS, name="c.lead", lands=303)
    another.sign_in(OURS, name="d.lead", lands=303)
    shown = text_of(here.page("/sessions"))
    assert shown.count("since") == 2 and "In this browser: Safeguarding lead, since" in shown
    assert "You are signed in nowhere else" in text_of(another.page("/sessions"))
    assert here.submit("/sessions", "/sessions", {"which": "999999"}).status_code == 422
    with monkeypatch.context() as later:
        later.setattr("dashboard.sessions.LATELY_SECONDS", -1)
        late = here.submit("/sessions", "/sessions", {"which": "others"})
        assert late.status_code == 422 and "Sign out and in again first" in late.text
    assert is_let_in(unknown)
    assert here.submit("/sessions", "/sessions", {"which": "others"}).status_code == 303
    assert not is_let_in(unknown) and not is_let_in(process(unknown.client.cookies[COOKIE]))
    assert is_let_in(here) and is_let_in(another)
    assert "You are signed in nowhere else" in text_of(here.page("/sessions"))


def test_a_name_is_that_of_the_account_that_first_came_by_it_until_an_operator_lets_it_go(
    environment: EnvironmentOf, process: Process, tmp_path: Path
) -> None:
    """A provider may give the name of somebody who left to somebody else; their id it does not."""
    ended = process().client.app.state.parts.ended  # type: ignore[attr-defined]
    first = Person(name="e.lead", la=OURS, issuer="https://id.example", subject="1")
    second = msgspec.structs.replace(first, subject="2")
    ended.begin("a session", first)
    ended.hold(first)
    for other in (second, msgspec.structs.replace(first, issuer="https://other.example")):
        with pytest.raises(NotTheirName):
            ended.begin("another session", other)
    assert [one.role for one in ended.lasting(first)] == ["lead"]
    file = tmp_path / "reader.env"
    write_environment(file, environment("reader"))
    given = ["sign-out", "e.lead", "--la", OURS, "--env-file", str(file)]
    assert CliRunner().invoke(command, [*given, "--another-account"]).exit_code == 0
    assert ended.has("a session", first, int(time.time()) - 1)
    ended.begin("another session", second)
    with pytest.raises(NotTheirName):
        ended.hold(first)


def test_where_the_store_does_not_say_whether_a_session_ended_nobody_is_let_in(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = process()
    lead.sign_in(OURS, lands=303)
    store = lead.client.app.state.parts.store  # type: ignore[attr-defined]

    def away(*_given: Any) -> Any:
        raise psycopg.OperationalError

    monkeypatch.setattr(store, "connected", away)
    page = lead.client.get("/queue")
    assert page.status_code == 503 and "a.lead" not in page.text
    assert lead.client.get("/api/me").status_code == 503
