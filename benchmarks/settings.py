"""What the benchmark tells each contestant by its environment; no program here knows ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

PREFIX = "BENCHMARK_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where events come from and rows go.

    name: of the application, its group and its schema in the database. today: a deadline before it
    has passed; days since 1970. database: a libpq address.
    """

    name: str
    topics: tuple[str, ...]
    registry: str
    folder: Path
    today: int
    bootstrap: str
    username: str
    ca_file: str
    password: str = field(repr=False)
    database: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Return what the environment says; raises KeyError where it lacks something."""
        said = {name.removeprefix(PREFIX): value for name, value in environment.items()}
        return cls(
            name=said["NAME"],
            topics=tuple(said["TOPICS"].split(",")),
            registry=said["REGISTRY_URL"],
            folder=Path(said["FOLDER"]),
            today=days(date.fromisoformat(said["TODAY"])),
            bootstrap=said["KAFKA_BOOTSTRAP"],
            username=said["KAFKA_USERNAME"],
            password=said["KAFKA_PASSWORD"],
            ca_file=said["KAFKA_CA_FILE"],
            database=said["DATABASE_URL"],
        )


def days(day: date) -> int:
    """Return a day as Avro has it: days since 1970."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def day_of(number: int) -> date:
    """Return the day that is so many days after the first of 1970."""
    return date.fromordinal(number + date(1970, 1, 1).toordinal())
