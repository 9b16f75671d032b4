"""What is known of the parts is asked of a server that speaks as OSV does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from supply.faults import ACCEPTED, KNOWN, NOT_ASKED, NOTHING_KNOWN, Osv, accepted, report
from tests.unit.supply.places import a_part

GOOD = a_part("pkg:pypi/good@1.0")
BAD = a_part("pkg:pypi/bad@2.0")
JAR = a_part("pkg:maven/a.b/jar@3.0?classifier=all&type=tar.gz")
ADVISORY = {
    "summary": "Reads what it should not",
    "affected": [
        {
            "package": {"name": "Bad", "ecosystem": "PyPI"},
            "ranges": [{"events": [{"introduced": "0"}, {"fixed": "2.1"}]}],
        },
        {"package": {"name": "other"}, "ranges": [{"events": [{"fixed": "9"}]}]},
    ],
}


class Speaking(BaseHTTPRequestHandler):
    """OSV, as its documentation says that it answers."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
        self.server.asked += asked
        self._answer({"results": [self._known(query) for query in asked]})

    def do_GET(self) -> None:
        self._answer(ADVISORY if self.path == "/v1/vulns/GHSA-1" else None)

    def _known(self, query: dict) -> dict:
        purl, page = query["package"]["purl"], query.get("page_token")
        if page:
            return {"vulns": [{"id": "GHSA-2"}]}
        bad = {"vulns": [{"id": "GHSA-1"}], "next_page_token": "more"}
        return bad if purl == "pkg:pypi/bad@2.0" else {}

    def _answer(self, body: object) -> None:
        body = b"<html>" if self.server.garbled else json.dumps(body).encode()
        self.send_response(200 if body != b"null" else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Speaking) as serving:
        serving.asked, serving.garbled = [], False
        Thread(target=serving.serve_forever, daemon=True).start()
        yield serving
        serving.shutdown()


@pytest.fixture
def osv(server: ThreadingHTTPServer) -> Iterator[Osv]:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
        yield Osv(client=client)


def test_nothing_known_is_said_and_is_a_success(osv, server, capsys) -> None:
    assert report(osv, [GOOD, JAR], frozenset()) == NOTHING_KNOWN == 0
    assert "Asked about 2 parts" in capsys.readouterr().out
    assert [one["package"]["purl"] for one in server.asked] == [
        "pkg:pypi/good@1.0",
        "pkg:maven/a.b/jar@3.0",
    ]


def test_what_is_known_is_told_with_where_it_is_mended_over_all_pages(osv, capsys) -> None:
    assert report(osv, [GOOD, BAD], frozenset()) == KNOWN
    said = capsys.readouterr().out
    assert "bad 2.0 (run time): GHSA-1 Reads what it should not; mended in 2.1\n" in said
    assert "bad 2.0 (run time): GHSA-2; not mended yet\n" in said
    assert "Known faults: 2. Accepted: 0." in said


def test_what_was_accepted_is_counted_and_fails_nothing(osv, capsys) -> None:
    let = frozenset({("GHSA-1", "bad"), ("GHSA-2", "bad")})
    assert report(osv, [BAD], let) == NOTHING_KNOWN
    assert "Known faults: 0. Accepted: 2." in capsys.readouterr().out


def test_what_was_accepted_counts_until_its_last_day(tmp_path: Path) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(
        '[[accepted]]\nfault = "GHSA-1"\npackage = "bad"\nuntil = 2026-12-31\nreason = "r"\n'
    )
    assert accepted(file, date(2026, 12, 31)) == {("GHSA-1", "bad")}
    assert accepted(file, date(2027, 1, 1)) == frozenset()
    assert accepted(ACCEPTED, date(2020, 1, 1)) == frozenset(), "nothing is accepted so far"


@pytest.mark.parametrize("how", ["nobody listens", "its answer can not be read"])
def test_where_nobody_can_be_asked_it_is_said_and_is_no_success(osv, server, how, capsys) -> None:
    server.garbled = True
    if how == "nobody listens":
        osv = Osv(client=httpx.Client(base_url="http://127.0.0.1:9"))
    assert report(osv, [GOOD], frozenset()) == NOT_ASKED
    assert NOT_ASKED not in (NOTHING_KNOWN, KNOWN)
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("NOT CHECKED: http://127.0.0.1:")
    assert "nothing is known about any of 1 parts" in said.err
