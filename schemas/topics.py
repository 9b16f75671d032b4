"""Which topics there are, how they are kept, and on which partition a local authority lives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_DAYS_30 = str(30 * 24 * 3600 * 1000)
_FOR_EVER = "-1"
_LONG_MAX = str(2**63 - 1)
#: A dead letter or a sealed event is somewhat larger than the message that it holds.
_WRAPPED_BYTES = str(2 * 1024 * 1024)
#: The broker then holds what was packed to the size limit unpacked: a few bytes that unfold into
#: a gigabyte are refused to their sender, and no reader of ours has to unfold them.
_AS_IT_IS = "uncompressed"
_ANY_AGENCY = frozenset({"joint", "source"})


@dataclass(frozen=True, kw_only=True)
class TopicSpec:
    """A topic to be created: its name, number of partitions and configuration."""

    name: str
    partitions: int
    config: dict[str, str]


@dataclass(frozen=True)
class TopicSet:
    """All topics of one platform; live without a prefix, the demonstration's with its own.

    prefix: written before each name, such as ``demo.``.
    partitions: the same for every topic, and never changed once they exist.
    """

    prefix: str = ""
    partitions: int = 64

    @property
    def education(self) -> str:
        """Topic of the schools' events."""
        return self.prefix + "education.events"

    @property
    def health(self) -> str:
        """Topic of the health services' events."""
        return self.prefix + "health.events"

    @property
    def social_care(self) -> str:
        """Topic of children's social care's events."""
        return self.prefix + "social-care.events"

    @property
    def decisions(self) -> str:
        """Topic of people's decisions and of reference data."""
        return self.prefix + "decisions"

    @property
    def journeys(self) -> str:
        """Topic of the one ordered stream from which all follows."""
        return self.prefix + "journeys"

    @property
    def alerts(self) -> str:
        """Topic of every alert transition."""
        return self.prefix + "alerts"

    @property
    def checkpoints(self) -> str:
        """Topic of the signed heads of the hash chains."""
        return self.prefix + "checkpoints"

    @property
    def deliveries(self) -> str:
        """Topic of each step by which people are told of alerts."""
        return self.prefix + "deliveries"

    @property
    def dead_letters(self) -> str:
        """Topic of refused messages, with the reasons."""
        return self.prefix + "dead-letters"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The topics that intake reads, in the order that breaks ties between them."""
        return tuple(sorted(self._by_agency.values()))

    @property
    def all(self) -> tuple[str, ...]:
        """Every topic of the set."""
        kept = (self.journeys, self.alerts, self.deliveries, self.checkpoints)
        return (*self.inputs, *kept, self.dead_letters)

    @property
    def _by_agency(self) -> dict[str, str]:
        return {
            "education": self.education,
            "health": self.health,
            "social-care": self.social_care,
            "governance": self.decisions,
        }

    def topic_for(self, agency: str) -> str:
        """Return the topic of an agency; raises ValueError for one that has none of its own."""
        topic = self._by_agency.get(agency)
        if topic is None:
            known = ", ".join(self._by_agency)
            raise ValueError(f"No topic belongs to {agency!r}; name one of {known}.")
        return topic

    def agency_of(self, topic: str) -> str | None:
        """Return the agency that an input topic belongs to, or None for any other topic."""
        return {name: agency for agency, name in self._by_agency.items()}.get(topic)

    def carries(self, topic: str, agency: str) -> bool:
        """Whether events of this agency may travel on this input topic.

        Joint and source events travel on the topic of the agency whose system sends them.
        """
        owner = self.agency_of(topic)
        return owner is not None and (owner == agency or agency in _ANY_AGENCY)

    def partition_of(self, local_authority: str) -> int:
        """Return the partition of a local authority, on every topic of the set."""
        return partition_of(local_authority, self.partitions)

    def topic_specs(self, simulated: bool) -> list[TopicSpec]:
        """Return what to create: a live set, or one whose records carry their own time."""
        configs = {topic: _input_config(simulated) for topic in self.inputs}
        configs[self.journeys] = {**_own_time(), "max.message.bytes": _WRAPPED_BYTES}
        configs[self.alerts] = _own_time()
        configs[self.deliveries] = _own_time()
        configs[self.checkpoints] = _own_time()
        configs[self.dead_letters] = {
            **_input_config(simulated),
            "max.message.bytes": _WRAPPED_BYTES,
        }
        return [
            TopicSpec(name=name, partitions=self.partitions, config=config)
            for name, config in configs.items()
        ]


def key_of(local_authority: str) -> bytes:
    """Return the message key of everything that belongs to a local authority."""
    return local_authority.encode("ascii")


@lru_cache(maxsize=4096)
def partition_of(local_authority: str, partitions: int) -> int:
    """Return the partition that Kafka's own clients choose for this local authority's key."""
    return (murmur2(key_of(local_authority)) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """Return Kafka's murmur2 hash of a key, as an unsigned 32-bit number."""
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    whole = len(data) - len(data) % 4
    hashed = 0x9747B28C ^ len(data)
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * multiplier & mask
        word = (word ^ word >> 24) * multiplier & mask
        hashed = (hashed * multiplier & mask) ^ word
    if whole < len(data):
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * multiplier & mask
    hashed = (hashed ^ hashed >> 13) * multiplier & mask
    return hashed ^ hashed >> 15


def _input_config(simulated: bool) -> dict[str, str]:
    if simulated:
        return _own_time()
    return {
        "cleanup.policy": "delete",
        "retention.ms": _DAYS_30,
        "message.timestamp.type": "LogAppendTime",
        "compression.type": _AS_IT_IS,
    }


def _own_time() -> dict[str, str]:
    # A record of years ago, or of a simulated tomorrow, is as good as one of today.
    return {
        "cleanup.policy": "delete",
        "retention.ms": _FOR_EVER,
        "compression.type": _AS_IT_IS,
        "message.timestamp.type": "CreateTime",
        "message.timestamp.before.max.ms": _LONG_MAX,
        "message.timestamp.after.max.ms": _LONG_MAX,
    }
