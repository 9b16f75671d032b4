"""A session that ended is none in every process of the dashboard, and after a restart of each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from consumers.migrations import migrate
from dashboard.app import COOKIE
from dashboard.ended_in_store import EndedInStore
from dashboard.settings import DashboardSettings
from joinedup.commands.dashboard import built
from joinedup.main import app as command
from stack import LocalStack
from stack.environment import write_environment
from tests.integration.dashboard.browser import Browser
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
