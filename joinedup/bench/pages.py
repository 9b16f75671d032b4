"""How soon the dashboard's pages answer on a store of a million alerts and timeline rows."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from joinedup.bench import leads
from joinedup.bench.leads import Plan, Read, read_by
from joinedup.bench.result import Told
from joinedup.commands.dashboard import built, settings_of
from joinedup.commands.demo_pages import served_here
from producers.simulate import LA
from stack import StackError

DEMO, STORE = "joinedup_demo", "joinedup_bench_pages"
QUEUE, CHILD = "the queue", "a child (the longest timelines)"
_OPEN_OF = 50
"""One alert in so many is open, as one in a year's fifty weeks; the others have ended."""
SMALL, MIDDLING, LARGE = "small-team", "middling-team", "large-team"
_SMALL_OF = 5000
"""One alert in so many is the small team's: of the open ones it has a handful."""
_MIDDLING_OF = 40
"""One ended alert in so many is the middling team's, and of the open ones one in a hundred times so
many: it was told of too many to look them up, and has a handful."""

# Each is of a child of its own, so that a child's page stays as long as it is in life.
_ALERTS = """
INSERT INTO alerts (la, alert_id, child, duty, status, severity, due, opened_at, sequence, body)
SELECT la, id, key, duty, CASE WHEN n %% %(open_of)s = 0 THEN 'OPEN' ELSE 'RESOLVED' END,
  severity, due - (n %% 1000)::int, opened_at - (n %% 1000) * 86400000::bigint, 0,
  replace(replace(body, alert_id::text, id::text), child, key)
FROM (
  SELECT a.*, n, gen_random_uuid() AS id, gen_random_uuid()::text AS key
  FROM alerts a CROSS JOIN generate_series(1, %(times)s) n
  WHERE a.la = %(la)s AND a.body <> '' AND a.duty <> 'SOURCE_SILENT'
) made
"""

_STANDINGS = """
INSERT INTO standings (la, alert_id, assignee, offered_to, offered_by, aside, aside_by,
  aside_reason, closed_by, outcome, escalated, escalated_by, seen_by, kappa)
SELECT la, alert_id, CASE WHEN random() < 0.7 THEN 'a.lead' ELSE '' END, '', '', '', '', '', '',
  '', '', '', ARRAY['a.lead'], opened_at
FROM alerts WHERE la = %(la)s ON CONFLICT DO NOTHING
"""

# Of each alert somebody was told: a small team, a middling one, or else a large one.
_DELIVERIES = """
INSERT INTO delivery_states (la, delivery, alert_id, step, urgent, planned_at, body)
SELECT la, gen_random_uuid(), alert_id, 'DELIVERED', false, opened_at,
  json_build_object('alert_id', alert_id, 'recipient', CASE
    WHEN n %% %(small_of)s = 0 THEN %(small)s::text
    WHEN n %% (CASE status WHEN 'OPEN' THEN 100 ELSE 1 END * %(middling_of)s) = 0
    THEN %(middling)s::text
    ELSE %(large)s::text END)::text
FROM (
  SELECT *, row_number() OVER (PARTITION BY status ORDER BY alert_id) AS n
  FROM alerts WHERE la = %(la)s
) numbered
"""

_LEAVES = """
INSERT INTO leaves (la, leaf, child)
SELECT la, sha256(leaf || n::text::bytea), gen_random_uuid()::text
FROM leaves CROSS JOIN generate_series(1, %(times)s) n WHERE la = %(la)s
"""

_TIMELINE = """
INSERT INTO timeline (la, leaf, event_id, digest, record, type, agency, occurred_on, kappa,
  revision, retracted, position, detail)
SELECT la, sha256(leaf || n::text::bytea), gen_random_uuid(), digest, record, type, agency,
  occurred_on, kappa, revision, retracted, position, detail
FROM timeline CROSS JOIN generate_series(1, %(times)s) n WHERE la = %(la)s
"""

_LONGEST = """
SELECT l.child FROM leaves l JOIN timeline t USING (la, leaf)
WHERE l.la = %(la)s AND EXISTS (
  SELECT FROM alerts a WHERE a.la = l.la AND a.child = l.child AND a.status = 'OPEN')
GROUP BY l.child ORDER BY count(*) DESC LIMIT %(many)s
"""


@dataclass(frozen=True, kw_only=True)
class PageTimes:
    """How soon one kind of page answered, in ms: half and 95 in 100 of the requests."""

    page: str
    requests: int
    half: float
    most: float

    def as_dict(self) -> dict[str, object]:
        """Return the numbers for a machine to read."""
        return {
            "page": self.page,
            "requests": self.requests,
            "p50_ms": self.half,
            "p95_ms": self.most,
        }

    def text(self) -> str:
        """Return the numbers as a line."""
        times = f"p50 {self.half:.0f} ms, p95 {self.most:.0f} ms"
        return f"{self.page}: {times} ({self.requests} requests)"


@contextmanager
def large_store(superuser: str, alerts: int, timeline: int) -> Iterator[str]:
    """Yield the name of a copy of the demo's store with so many alerts and timeline rows more.

    Raises StackError where there is no such store, or somebody is in it.
    """
    with psycopg.connect(superuser, autocommit=True) as connection:
        _drop(connection)
        try:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(copy.format(sql.Identifier(STORE), sql.Identifier(DEMO)))
        except psycopg.Error:
            raise StackError(
                "The demo's store cannot be copied: run `joinedup demo` first, and end what reads"
                " it."
            ) from None
        try:
            fill(make_conninfo(superuser, dbname=STORE), alerts, timeline)
            yield STORE
        finally:
            _drop(connection)


def _drop(connection: psycopg.Connection) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    connection.execute(drop.format(sql.Identifier(STORE)))


def fill(dsn: str, alerts: int, rows: int) -> None:
    """Add so many alerts, each of a child of its own, and timeline rows to a store with some.

    Each alert is of a team (``SMALL``, ``MIDDLING``, ``LARGE``), which was told of it. Raises
    StackError where the store has none to begin with.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        # As many leaves as rows of theirs.
        for query, of in ((_ALERTS, "alerts"), (_LEAVES, "timeline"), (_TIMELINE, "timeline")):
            wanted = alerts if of == "alerts" else rows
            ((kept,),) = connection.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE la = %s").format(sql.Identifier(of)), [LA]
            )
            if not kept:
                raise StackError(
                    "The demo's store holds no alerts: run `joinedup demo` to its end."
                )
            asked = {"la": LA, "times": -(-wanted // kept), "open_of": _OPEN_OF}
            connection.execute(query, asked)
        connection.execute(_STANDINGS, {"la": LA})
        teams: dict[str, str | int] = {"small": SMALL, "middling": MIDDLING, "large": LARGE}
        teams |= {"small_of": _SMALL_OF, "middling_of": _MIDDLING_OF}
        connection.execute(_DELIVERIES, {"la": LA, **teams})
        connection.execute("VACUUM ANALYZE")
        # Else a million rows go to disk while pages are timed, and a look at a child waits behind
        # them until it is on record.
        connection.execute("CHECKPOINT")


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How pages are asked for.

    requests: of each kind, by one lead, one after another; then by so many leads at the same time,
    for so many seconds.
    """

    requests: int
    leads: int
    seconds: float


def page_times(
    root: Path, archive: Path, superuser: str, asking: Asking
) -> tuple[list[PageTimes], list[Read]]:
    """Return how soon each kind of page answers, one request after another and under load."""
    given = settings_of(root / "env" / "demo-dashboard.env")
    there = make_conninfo(given.database_url.get_secret_value(), dbname=STORE)
    settings = given.model_copy(update={"database_url": SecretStr(there)})
    app, login = built(settings, archive, "127.0.0.1", [LA])
    pages = paths_on(make_conninfo(superuser, dbname=STORE))
    with served_here(app) as port:
        base = f"http://127.0.0.1:{port}"
        asked = signed_in(base, login.password)
        times = [timed(asked, page, paths, asking.requests) for page, paths in pages.items()]
        return times, read_by(_plan(base, pages, asking), login.password)


def _plan(base: str, pages: Mapping[str, list[str]], asking: Asking) -> Plan:
    return Plan(
        base=base,
        leads=asking.leads,
        seconds=asking.seconds,
        teams=f"{SMALL} {MIDDLING} {LARGE}",
        children=[one.rpartition("/")[2] for one in pages[CHILD]],
        alerts=[one.rpartition("/")[2] for one in pages["an alert"]],
    )


def paths_on(dsn: str) -> Mapping[str, list[str]]:
    """Return what is asked for of a store: addresses by the kind of page."""
    with psycopg.connect(dsn) as connection:
        children = [one for (one,) in connection.execute(_LONGEST, {"la": LA, "many": 20})]
        alerts = connection.execute(
            "SELECT alert_id::text FROM alerts WHERE la = %s AND child = ANY(%s) LIMIT 20",
            [LA, children],
        )
        listed = [f"/alerts/{one}" for (one,) in alerts]
    return {
        QUEUE: ["/queue"],
        "the queue of one duty": ["/queue?duty=AP_EXIT_PLAN_MISSING"],
        "the queue of a team that has few": [f"/queue?team={SMALL}"],
        "the queue of a team that had many and has few": [f"/queue?team={MIDDLING}"],
        "the queue of a team that has many": [f"/queue?team={LARGE}"],
        "the queue in every state, of a team that has many": [
            f"/queue?state=all&whose=all&team={LARGE}"
        ],
        "an alert": listed,
        CHILD: [f"/children/{one}" for one in children],
    }


class Asked:
    """One person's browser at the dashboard."""

    def __init__(self, base: str) -> None:
        self._base = base
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def get(self, path: str, form: Mapping[str, str] | None = None) -> bytes:
        """Return the page at a path, once a form is sent where one is given."""
        data = urlencode(form).encode() if form else None
        with self._opener.open(self._base + path, data) as answer:
            found: bytes = answer.read()
        return found


def told_of(times: Sequence[PageTimes], read: Sequence[Read]) -> Told:
    """Return what the benchmark says of these pages: its object has those under load."""
    under = {one.kind: one.values()["p95"] for one in read}
    values = {"queue_p95": under[leads.QUEUE], "child_p95": under[leads.CHILD]}
    text = "\n".join([*(one.text() for one in times), *(one.text() for one in read)])
    more = {"pages": [one.as_dict() for one in times], "under_load": [one.more() for one in read]}
    return Told({"pages_ms": values}, text, more)


def signed_in(base: str, password: str) -> Asked:
    """Return the browser of a lead of all three teams who has signed in at this address."""
    asked = Asked(base)
    page = asked.get("/sign-in").decode()
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    said = {"name": "a.lead", "la": LA, "role": "lead", "agency": "", "password": password}
    said["teams"] = f"{SMALL} {MIDDLING} {LARGE}"
    asked.get("/sign-in", {"form_token": token, **said})
    return asked


def timed(asked: Asked, page: str, paths: list[str], requests: int) -> PageTimes:
    """Ask for so many pages, one after another, and return how soon they came."""
    for path in paths:
        asked.get(path)  # the first of each fills caches, as those before in a day have
    took = []
    for n in range(requests):
        began = time.perf_counter()
        asked.get(paths[n % len(paths)])
        took.append((time.perf_counter() - began) * 1000)
    most = statistics.quantiles(took, n=20)[-1]
    half = statistics.median(took)
    return PageTimes(page=page, requests=requests, half=round(half, 1), most=round(most, 1))
