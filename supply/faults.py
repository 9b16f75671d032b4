"""Whether a part is known to have a fault: ``python -m supply.faults`` asks OSV about every part.

It ends with 0 where nothing is known, with 1 where something is, and with 3 where it could not
ask: then nothing was checked, and it says so. OSV knows Python's, Maven's and npm's packages under
one address; pip-audit asks about Python's alone.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx

from stack.errors import StackError
from supply.bom import inside_registry
from supply.parts import ROOT, Part, Use, parts

SERVICE = "https://api.osv.dev"
ADDRESS = "JOINEDUP_OSV"
"""The variable that names another address of the same interface, such as a mirror of one's own."""

ACCEPTED = ROOT / "infra" / "accepted-faults.toml"
NOTHING_KNOWN, KNOWN, NOT_ASKED = 0, 1, 3
_MANY = 500
_SECONDS = 30.0


class NotAsked(Exception):
    """The service gave no answer that can be read, so nothing is known of any part."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A known fault of a part: its id, what it is in a line, and in which versions it is mended."""

    part: Part
    id: str
    summary: str = ""
    mended: tuple[str, ...] = ()

    def __str__(self) -> str:
        mended = f"mended in {' or '.join(self.mended)}" if self.mended else "not mended yet"
        part = f"{self.part.name} {self.part.version} ({self.part.use})"
        return f"{part}: {' '.join(filter(None, (self.id, self.summary)))}; {mended}"


@dataclass(frozen=True, kw_only=True)
class Osv:
    """The service of known faults; client has its address as base."""

    client: httpx.Client

    def faults(self, asked: Sequence[Part]) -> tuple[Fault, ...]:
        """Return what is known of the parts; raises NotAsked where that can not be learned."""
        found: list[Fault] = []
        for first in range(0, len(asked), _MANY):
            found += self._known_of(asked[first : first + _MANY])
        return tuple(found)

    def _known_of(self, asked: Sequence[Part]) -> Iterator[Fault]:
        waiting: list[tuple[Part, str | None]] = [(part, None) for part in asked]
        while waiting:
            queries = [_query(part, page) for part, page in waiting]
            results = self._ask("POST", "/v1/querybatch", {"queries": queries}).get("results")
            if not isinstance(results, list) or len(results) != len(waiting):
                raise NotAsked("it answered about other parts than it was asked about")
            pages: list[tuple[Part, str | None]] = []
            for (part, _page), result in zip(waiting, results, strict=True):
                for known in (result or {}).get("vulns", ()):
                    yield self._explained(part, known["id"])
                if (result or {}).get("next_page_token"):
                    pages.append((part, result["next_page_token"]))
            waiting = pages

    def _explained(self, part: Part, fault: str) -> Fault:
        """Return the fault with what is said of it; a fault is none the less one without that."""
        try:
            said = self._ask("GET", f"/v1/vulns/{fault}", None)
        except NotAsked:
            return Fault(part=part, id=fault)
        mended = tuple(sorted(set(_mended(said.get("affected", ()), part))))
        return Fault(part=part, id=fault, summary=said.get("summary", ""), mended=mended)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        try:
            answer = self.client.request(method, path, json=body).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotAsked(type(error).__name__) from error
        if not isinstance(answer, dict):
            raise NotAsked("its answer is no object")
        return answer


def _query(part: Part, page: str | None) -> dict[str, Any]:
    purl = part.purl._replace(qualifiers={}).to_string()
    return {"package": {"purl": purl}} | ({"page_token": page} if page else {})


def _mended(affected: Iterable[Mapping[str, Any]], part: Part) -> Iterator[str]:
    for one in affected:
        if one.get("package", {}).get("name", "").lower() == part.name.lower():
            for span in one.get("ranges", ()):
                yield from (event["fixed"] for event in span.get("events", ()) if "fixed" in event)


def accepted(file: Path, today: date) -> frozenset[tuple[str, str]]:
    """Return fault and package of what somebody accepted, with a reason, until a day to come."""
    listed = tomllib.loads(file.read_text("utf-8")).get("accepted", ())
    return frozenset((one["fault"], one["package"]) for one in listed if today <= one["until"])


def report(service: Osv, asked: Sequence[Part], let: frozenset[tuple[str, str]]) -> int:
    """Print what is known of the parts, and return what to exit with."""
    try:
        found = service.faults(asked)
    except NotAsked as error:
        print(
            f"NOT CHECKED: {service.client.base_url} could not be asked ({error}), so nothing is "
            f"known about any of {len(asked)} parts. Ask again where it can be reached, or name a "
            f"mirror in {ADDRESS}.",
            file=sys.stderr,
        )
        return NOT_ASKED
    still = [one for one in found if (one.id, one.part.name) not in let]
    for one in still:
        print(one)
    print(f"Asked about {len(asked)} parts; what images hold is for a scanner of images to say.")
    print(f"Known faults: {len(still)}. Accepted: {len(found) - len(still)}.")
    if still:
        print(
            "Renew the parts, by when docs/security.md says, or accept the fault with a reason and "
            "a last day in infra/accepted-faults.toml."
        )
    return KNOWN if still else NOTHING_KNOWN


def main() -> int:
    """Ask about all parts, with what the registry's archive holds; return what to exit with."""
    locked = [part for part in parts() if part.use is not Use.CONTAINER]
    try:
        asked = [*locked, *inside_registry(ROOT)]
    except StackError as error:
        print(
            f"NOT CHECKED: what the schema registry holds is not known here. {error}",
            file=sys.stderr,
        )
        return NOT_ASKED
    let = accepted(ACCEPTED, datetime.now(UTC).date())
    with httpx.Client(base_url=os.environ.get(ADDRESS, SERVICE), timeout=_SECONDS) as client:
        return report(Osv(client=client), asked, let)


if __name__ == "__main__":
    sys.exit(main())
