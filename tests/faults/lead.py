"""Safeguarding leads at work, who ask again for whatever the dashboard did not answer.

Run as ``python -m tests.faults.lead 60 4``: until the leads have looked at so many alerts and
acknowledged each, so many a second. What they were answered is kept in a file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TextIO

import httpx
from lxml import html

from tests.faults.publishing import LAS, RETRY_SECONDS

ADDRESS, PASSWORD, ANSWERS = "TEST_DASHBOARD", "TEST_PASSWORD", "TEST_ANSWERS"
"""Where the dashboard is, how one signs in, and the file of what it answered."""
NAME = "a.lead"
ACT = "ACKNOWLEDGE"


class Lead:
    """The lead of one authority, signed in anew whenever the dashboard knows them no longer."""

    def __init__(self, la: str) -> None:
        self._la = la
        self._client = httpx.Client(base_url=os.environ[ADDRESS], timeout=30)
        self._token = ""

    def waiting(self) -> list[str]:
        """Return the alerts on the first page of the queue."""
        return [one["alert_id"] for one in self._answer("GET", "/api/alerts")["alerts"]]

    def look(self, alert_id: str) -> dict[str, Any]:
        """Return an alert as it is shown."""
        return self._answer("GET", f"/api/alerts/{alert_id}")

    def acknowledge(self, alert_id: str, number: int) -> str:
        """Acknowledge an alert until tomorrow; return the id of the record that was answered."""
        until = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
        said = {"act": ACT, "number": number, "until": until}
        answer = self._answer("POST", f"/api/alerts/{alert_id}/actions", json=said)
        return str(answer["recorded"])

    def _answer(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """Return the answer, of as many requests as that takes."""
        while True:
            try:
                if not self._token:
                    self._sign_in()
                headers = {"X-Form-Token": self._token}
                said = self._client.request(method, path, headers=headers, **given)
            except httpx.TransportError as failure:
                print(type(failure).__name__, file=sys.stderr, flush=True)
                time.sleep(RETRY_SECONDS)
                continue
            if said.status_code in (200, 202):
                return dict(said.json())
            assert said.status_code in (401, 403, 503) or "Nothing was recorded" in said.text, (
                said.text
            )
            print(f"{method} answered {said.status_code}", file=sys.stderr, flush=True)
            if said.status_code in (401, 403):
                self._token = ""
            time.sleep(RETRY_SECONDS)

    def _sign_in(self) -> None:
        """Begin a session where that can be had; the next request says whether it was."""
        self._client.cookies.clear()
        page = html.fromstring(self._client.get("/sign-in").text)
        given = {"name": NAME, "la": self._la, "role": "lead", "agency": ""}
        given |= {"password": os.environ[PASSWORD]}
        with suppress(IndexError):
            given["form_token"] = str(page.xpath("//input[@name='form_token']/@value")[0])
            self._client.post("/sign-in", data=given)
            self._token = self._client.get("/api/me").json().get("form_token", "")


def work(count: int, rate: float, answers: Path) -> int:
    """Acknowledge so many alerts, of each authority in turn; return how many were."""
    leads, seen = [Lead(la) for la in LAS], set[str]()
    began = time.monotonic()
    with answers.open("a") as file:
        for number, lead in enumerate(islice(cycle(leads), count)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            alert_id = _next(lead, seen)
            shown = lead.look(alert_id)
            _keep(file, {"looked": shown["alert"]["child"]})
            _keep(file, {"recorded": lead.acknowledge(alert_id, shown["number"])})
    return count


def _next(lead: Lead, seen: set[str]) -> str:
    """Return an alert that was not seen yet, once there is one."""
    while not (found := [one for one in lead.waiting() if one not in seen]):
        time.sleep(RETRY_SECONDS)
    seen.add(found[0])
    return found[0]


def _keep(file: TextIO, answer: dict[str, str]) -> None:
    file.write(json.dumps(answer) + "\n")
    file.flush()


def main() -> None:
    """Work as the command line says."""
    print(work(int(sys.argv[1]), float(sys.argv[2]), Path(os.environ[ANSWERS])))


if __name__ == "__main__":
    main()
