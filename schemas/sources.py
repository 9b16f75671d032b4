"""The sources that may speak: whose system, for which local authorities, under which key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.agreements import Agreement, AgreementInvalid, Agreements, agreement_of, payload_of
from schemas.formats import LOCAL_AUTHORITY, SOURCE_CODE
from schemas.signature import PRIVATE, PUBLIC

AGENCIES = ("education", "health", "social-care", "governance")
#: What the file adds to the payload of an agreement's event.
_ADDED = frozenset({"local_authority", "version", "recorded_at"})
_FOR_EVER = 2**63 - 1
_KEY = re.compile(r"(?:[0-9a-fA-F]{2}){16,}")


class SourcesInvalid(Exception):
    """The file of sources cannot be used; the sentence names the entry and what to do."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One organisation's system and what it may do.

    organisation, system: the codes that its events carry.
    agency: education, health, social-care or governance; the topic on which it writes.
    local_authorities: codes of those that it may speak for.
    key: signs its messages, or the public half of the one that does; never shown.
    former_key, former_until: the key before it, good for what is written before this moment (ms
        since 1970 UTC), so that a system can be given its new key without a message refused.
    gateway_keys: those of the HTTP gateway, which may sign for a system that is entrusted to it,
        each with the moment (ms since 1970 UTC) before which it is good.
    """

    organisation: str
    system: str
    agency: str
    local_authorities: frozenset[str]
    key: bytes = field(repr=False)
    former_key: bytes | None = field(default=None, repr=False)
    former_until: int = 0
    gateway_keys: tuple[tuple[bytes, int], ...] = field(default=(), repr=False)

    def keys_at(self, moment: int) -> tuple[bytes, ...]:
        """Return the keys that may have signed what was written at a moment, ms since 1970 UTC."""
        keys: tuple[bytes, ...] = (self.key,)
        if self.former_key is not None and moment < self.former_until:
            keys += (self.former_key,)
        return keys + tuple(key for key, until in self.gateway_keys if moment < until)

    def may_speak(self, local_authority: str, agency: str) -> bool:
        """Whether it may send events of this local authority on this agency's topic."""
        return self.agency == agency and local_authority in self.local_authorities


class SourceRegistry:
    """All sources, by organisation and system."""

    def __init__(self, sources: Iterable[Source], agreements: Iterable[Agreement] = ()) -> None:
        """Take the sources; a later entry for the same system replaces an earlier one.

        agreements: every version of the data-sharing agreements under which they speak.
        """
        self._sources = {(one.organisation, one.system): one for one in sources}
        self.agreements = Agreements(agreements)

    @classmethod
    def load(cls, path: Path) -> SourceRegistry:
        """Return the sources of a JSON file; raises SourcesInvalid."""
        try:
            text = path.read_text("utf-8")
        except OSError as error:
            raise SourcesInvalid(
                f"The file of sources {path} cannot be read ({error.strerror}); "
                "set JOINEDUP_SOURCES_FILE to one that can."
            ) from error
        except UnicodeDecodeError:
            raise SourcesInvalid(f"The file of sources {path} is not in UTF-8.") from None
        return cls.parse(text)

    @classmethod
    def parse(cls, text: str) -> SourceRegistry:
        """Return the sources of this JSON text; raises SourcesInvalid."""
        try:
            document = json.loads(text)
            entries, agreed = document["sources"], document.get("agreements", [])
            gateway = document.get("gateway")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            entries = agreed = gateway = None
        if not isinstance(entries, list) or not isinstance(agreed, list):
            raise SourcesInvalid('The file of sources must be JSON: {"sources": [...]}.')
        keys = _gateway_keys(gateway)
        return cls(
            [_source(number, entry, keys) for number, entry in enumerate(entries, start=1)],
            [_agreement(number, entry) for number, entry in enumerate(agreed, start=1)],
        )

    def lookup(self, organisation: str, system: str) -> Source | None:
        """Return the source of these codes, or None where there is none."""
        return self._sources.get((organisation, system))

    def __iter__(self) -> Iterator[Source]:
        """Go through the sources in the order of the file."""
        return iter(self._sources.values())

    def __len__(self) -> int:
        """Return the number of sources."""
        return len(self._sources)


def _gateway_keys(entry: Any) -> tuple[tuple[bytes, int], ...]:
    """Return the keys of the HTTP gateway, none where the installation has no gateway."""
    if entry is None:
        return ()
    wrong = _wrong_key(entry) if isinstance(entry, dict) else "it must be an object."
    if wrong is not None:
        raise SourcesInvalid(f"The gateway of the file of sources: {wrong}")
    present = (bytes.fromhex(entry["key"]), _FOR_EVER)
    former = entry.get("former_key")
    if former is None:
        return (present,)
    return present, (bytes.fromhex(former["key"]), _milliseconds(former["until"]))


def _source(number: int, entry: Any, gateway_keys: tuple[tuple[bytes, int], ...]) -> Source:
    wrong = _wrong_field(entry)
    if wrong is not None:
        raise SourcesInvalid(f"Source {number} of the file of sources: {wrong}")
    former = entry.get("former_key")
    return Source(
        organisation=entry["organisation"],
        system=entry["system"],
        agency=entry["agency"],
        local_authorities=frozenset(entry["local_authorities"]),
        key=bytes.fromhex(entry["key"]),
        former_key=bytes.fromhex(former["key"]) if former else None,
        former_until=_milliseconds(former["until"]) if former else 0,
        gateway_keys=gateway_keys if entry.get("gateway") is True else (),
    )


def _agreement(number: int, entry: Any) -> Agreement:
    """Return one version of an agreement: the payload of its event, and what the file adds."""
    where = f"Agreement {number} of the file of sources"
    if not isinstance(entry, dict) or not isinstance(entry.get("version"), int):
        raise SourcesInvalid(f"{where}: it must be an object with a version, such as 1.")
    try:
        recorded_at = entry.get("recorded_at")
        return agreement_of(
            payload_of({name: entry[name] for name in entry.keys() - _ADDED}),
            local_authority=entry.get("local_authority", ""),
            version=entry["version"],
            recorded_at=_milliseconds(recorded_at) if recorded_at else 0,
        )
    except AgreementInvalid as invalid:
        raise SourcesInvalid(f"{where}: {invalid}") from None
    except (TypeError, ValueError):
        raise SourcesInvalid(
            f"{where}: recorded_at must be a moment, such as 2026-01-31T12:00Z."
        ) from None


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def _wrong_field(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return "it must be an object."
    for name in ("organisation", "system"):
        if not SOURCE_CODE.matches(entry.get(name)):
            return f"{name} must be {SOURCE_CODE.expected}."
    if entry.get("agency") not in AGENCIES:
        return f"agency must be one of {', '.join(AGENCIES)}."
    authorities = entry.get("local_authorities")
    if not isinstance(authorities, list) or not all(
        LOCAL_AUTHORITY.matches(one) for one in authorities
    ):
        return f"local_authorities must be a list of codes, each {LOCAL_AUTHORITY.expected}."
    if entry.get("gateway", False) not in (True, False):
        return "gateway must be true or false."
    if entry.get("gateway") and entry["agency"] == "governance":
        return "gateway must be false: what people decide does not go through the gateway."
    return _wrong_key(entry)


def _wrong_key(entry: dict[str, Any]) -> str | None:
    if not _is_key(entry.get("key")):
        return "key must be at least 16 bytes in hexadecimal, or the public half of an own key."
    former = entry.get("former_key")
    if former is not None and not _is_former(former):
        return "former_key must have a key, and until when it is good, such as 2026-01-31T12:00Z."
    return None


def _is_key(given: Any) -> bool:
    if not isinstance(given, str) or _KEY.fullmatch(given) is None:
        return False
    key = bytes.fromhex(given)
    # A private half is its source's alone, and is not to stand where the platform reads.
    is_own = key.startswith(PUBLIC) and len(key) == len(PUBLIC) + 32
    return is_own or not key.startswith((PUBLIC, PRIVATE))


def _is_former(given: Any) -> bool:
    if not isinstance(given, dict) or not _is_key(given.get("key")):
        return False
    try:
        until = datetime.fromisoformat(given["until"])
    except (KeyError, TypeError, ValueError):
        return False
    return until.tzinfo is not None
