"""Everything that can stop a process of ours, each with the sentence to show.

ConsumerError
├── SettingsError      the environment lacks something or holds a wrong value
├── ServiceLost        Kafka, the registry or PostgreSQL cannot be reached or refuses us
├── Fenced             another process owns this partition now
└── BrokenPromise      stored data is not what this version of JoinedUp writes
"""

from __future__ import annotations


class ConsumerError(Exception):
    """Stops the process; its text is one sentence that says what to do."""


class SettingsError(ConsumerError):
    """A setting is missing or wrong; the text names it, never its value."""


class ServiceLost(ConsumerError):
    """A service that we need did not answer within the bound of the retries."""


class Fenced(ConsumerError):
    """Another process took the partition over; what was not committed is its work now."""


class BrokenPromise(ConsumerError):
    """A record of ours cannot be read back: wrong key, changed bytes or a newer format."""
