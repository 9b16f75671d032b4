"""Leads who read pages at the same time, in a process of their own, each as a person does.

Each signs in, then again and again thinks for a while and asks for one page: mostly the queue, else
a child, an alert, a search by a child's key, or the queue as the API gives it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random

import httpx

from joinedup.bench.result import percentiles
from producers.simulate import LA

PASSWORD = "JOINEDUP_BENCH_PASSWORD"
"""The variable that holds it: who lists the processes of a machine sees no argument of ours."""
THINKS = (1.0, 9.0)
"""Seconds between two pages of one lead, evenly: with fifty leads ten pages a second."""
QUEUE, CHILD, ALERT, SEARCH, API = "queue", "child", "alert", "search", "api"
_OFTEN = {QUEUE: 40, CHILD: 25, ALERT: 15, SEARCH: 10, API: 10}
_FOUND = (200, 303)
_LIMITS = httpx.Limits(keepalive_expiry=2.0)
"""The server ends a connection that is idle for five seconds, and would do so under a request."""
_KEY = 12
"""Characters of a key that a lead types."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where to read, how many leads, for how long, which teams they are of, and what there is."""

    base: str
    leads: int
    seconds: float
    teams: str
    children: Sequence[str]
    alerts: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Read:
    """One kind of page as all leads read it: the ms of each; failed: how many did not come."""

    kind: str
    took: Sequence[float]
    failed: int

    def values(self) -> dict[str, float]:
        """Return percentiles in ms."""
        return percentiles(self.took, p50=50, p95=95, p99=99)

    def more(self) -> dict[str, object]:
        """Return it for a machine to read."""
        return {"page": self.kind, "requests": len(self.took), "failed": self.failed} | {
            f"{name}_ms": value for name, value in self.values().items()
        }

    def text(self) -> str:
        """Return it in a line."""
        found = ", ".join(f"{name} {value:.0f} ms" for name, value in self.values().items())
        lack = f"; {self.failed} were refused" if self.failed else ""
        return f"{self.kind} under load: {found} ({len(self.took)} requests{lack})"


def read_by(plan: Plan, password: str) -> list[Read]:
    """Let the leads read as planned, and return what each kind of page took."""
    done = subprocess.run(
        [sys.executable, "-m", "joinedup.bench.leads"],
        env={**os.environ, PASSWORD: password},
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Read(**one) for one in json.loads(done.stdout)]


class _Readings:
    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.failed: dict[str, int] = defaultdict(int)

    async def timed(
        self, client: httpx.AsyncClient, kind: str, path: str, form: Mapping[str, str] | None
    ) -> None:
        began = time.perf_counter()
        try:
            answer = await (client.post(path, data=form) if form else client.get(path))
        except httpx.TransportError:
            self.failed[kind] += 1
            return
        took = (time.perf_counter() - began) * 1000
        if answer.status_code in _FOUND:
            self.took[kind].append(took)
        else:
            self.failed[kind] += 1


async def _lead(number: int, plan: Plan, readings: _Readings, until: float) -> None:
    chance = Random(number)
    async with httpx.AsyncClient(
        base_url=plan.base, timeout=60.0, limits=_LIMITS, trust_env=False
    ) as client:
        token = await _signed_in(client, number, plan)
        while True:
            await asyncio.sleep(chance.uniform(*THINKS))
            if time.monotonic() > until:
                return
            (kind,) = chance.choices(list(_OFTEN), list(_OFTEN.values()))
            child = chance.choice(plan.children)
            form = {"form_token": token, "scheme": "KEY", "value": child[:_KEY]}
            paths = {
                QUEUE: "/queue",
                CHILD: f"/children/{child}",
                ALERT: f"/alerts/{chance.choice(plan.alerts)}",
                SEARCH: "/find",
                API: "/api/alerts",
            }
            await readings.timed(client, kind, paths[kind], form if kind == SEARCH else None)


async def _signed_in(client: httpx.AsyncClient, number: int, plan: Plan) -> str:
    """Sign in and return the token that the session's forms carry."""
    said = {"name": f"lead.{number}", "la": LA, "role": "lead", "agency": "", "teams": plan.teams}
    token = _token(await client.get("/sign-in"))
    await client.post(
        "/sign-in", data={**said, "form_token": token, "password": os.environ[PASSWORD]}
    )
    return _token(await client.get("/find"))


def _token(page: httpx.Response) -> str:
    return page.text.partition('name="form_token" value="')[2].partition('"')[0]


async def _all(plan: Plan) -> _Readings:
    readings, until = _Readings(), time.monotonic() + plan.seconds
    await asyncio.gather(*(_lead(n, plan, readings, until) for n in range(plan.leads)))
    return readings


def main() -> None:
    """Read the plan from the input, and write what each kind of page took."""
    found = asyncio.run(_all(Plan(**json.loads(sys.stdin.read()))))
    kinds = [one for one in _OFTEN if found.took[one]]
    json.dump(
        [{"kind": k, "took": found.took[k], "failed": found.failed[k]} for k in kinds], sys.stdout
    )


if __name__ == "__main__":
    main()
