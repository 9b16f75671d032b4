"""One platform for all the stories, on live topics, and people in front of a real browser."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from playwright.sync_api import Browser, BrowserContext, Page
from psycopg.conninfo import make_conninfo

from consumers.migrations import STORE, migrate
from dashboard.settings import DashboardSettings
from joinedup.commands.dashboard import built
from joinedup.commands.dashboard_recording import ORGANISATION, SYSTEM, recorder_of
from joinedup.commands.demo_pages import served_here
from joinedup.commands.process_log import CLIENTS, OnceAMinute, formatter
from producers.event import Source
from schemas.topics import TopicSet
from stack import LocalStack
from stack.environment import read_environment
from tests.chromium import DESKTOP, WAIT_MS, headless, sign_in
from tests.integration.browser.platform import AGENCIES, LA, Platform, joins
from tests.integration.dashboard.conftest import frontend_in
from tests.integration.producers.conftest import registered
from tests.otlp import OtlpReceiver
from tests.unit.consumers.notifier.servers import MailServer

__all__ = ["registered"]

PersonOf = Callable[..., Page]


@pytest.fixture(scope="module")
def platform(
    stack: LocalStack, registered: str, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The platform and its pages, with a school and a hospital let in."""
    folder = tmp_path_factory.mktemp("platform")
    topics, store = TopicSet(f"t{secrets.token_hex(4)}.", 4), f"t{secrets.token_hex(4)}"
    stack.create_topic_set(topics, simulated=False)
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(f"{store}_keys"), STORE / "keys")

    def environment(process: str) -> dict[str, str]:
        return stack.environment(process, topics.prefix, store, partitions=4, simulated=False)

    log = logged_to(folder / "dashboard.log")
    with MailServer(folder) as mail, OtlpReceiver() as watching, traces_to(watching), log:
        owner = make_conninfo(stack._superuser(), dbname=store)
        made = Platform(folder, topics, environment, owner, mail, watching)
        for source, agency in AGENCIES.items():
            made.let_in(source, agency)
        dashboard = Source(ORGANISATION, SYSTEM)
        made.let_in(dashboard, "governance")
        made.start()
        given = environment("dashboard")
        values = {name.removeprefix("JOINEDUP_").lower(): value for name, value in given.items()}
        # As in a container: as whom it records stands in the environment.
        with pytest.MonkeyPatch.context() as told:
            for name, value in read_environment(made.own_file(dashboard)).items():
                told.setenv(name, value)
            recorder = recorder_of(None, folder, [LA], simulated=False)
        settings = DashboardSettings.model_validate(values)
        app, login = built(settings, frontend_in(cache), "127.0.0.1", [LA], recorder)
        for source in AGENCIES:
            made.publish(source, joins(source))
        with served_here(app) as port:
            made.address, made.password = f"http://127.0.0.1:{port}", login.password
            yield made
        made.end()
    stack.delete_topic_set(topics)
    stack.drop_store(store)


@contextmanager
def logged_to(file: Path) -> Iterator[None]:
    """Write what the dashboard, which is in this process, logs as its command would with JSON."""
    handler = logging.FileHandler(file)
    handler.setFormatter(formatter(True))
    handler.addFilter(OnceAMinute())
    handler.addFilter(lambda one: not one.name.startswith("mail."))  # the mail server of the tests
    root = logging.getLogger()
    with pytest.MonkeyPatch.context() as patched:
        for name, level in (("root", logging.INFO), *((one, logging.WARNING) for one in CLIENTS)):
            patched.setattr(logging.getLogger(name), "level", level)
        root.manager._clear_cache()  # type: ignore[attr-defined]
        root.addHandler(handler)
        yield
        root.removeHandler(handler)
    root.manager._clear_cache()  # type: ignore[attr-defined]
    handler.close()


@contextmanager
def traces_to(watching: OtlpReceiver) -> Iterator[None]:
    """Let publisher and dashboard, which are in this process, send traces too, for a while."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "joinedup-here"}))
    exporter = OTLPSpanExporter(f"{watching.address}/v1/traces")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(trace, "get_tracer_provider", lambda: provider)
        yield
    provider.shutdown()


@pytest.fixture(scope="module")
def browser(platform: Platform) -> Iterator[Browser]:
    """The browser."""
    with headless() as found:
        yield found


@pytest.fixture
def person_of(browser: Browser, platform: Platform) -> Iterator[PersonOf]:
    """Gives the page of somebody who has signed in, with a clock that the test moves on."""
    opened: list[BrowserContext] = []

    def person(name: str = "a.lead", role: str = "lead", *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport=DESKTOP,  # type: ignore[arg-type]
            base_url=platform.address,
            java_script_enabled=script,
        )
        context.set_default_timeout(WAIT_MS)
        opened.append(context)
        page = context.new_page()
        if script:
            page.clock.install()
        sign_in(page, platform.address, platform.password, name=name, la=LA, role=role)
        return page

    yield person
    for context in opened:
        context.close()
