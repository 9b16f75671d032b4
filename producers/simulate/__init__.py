"""An invented local authority: its children, its agencies, and one school year of their records."""

from producers.simulate.life import Expectation, Record
from producers.simulate.numbers import LA
from producers.simulate.population import DEFAULT_CHILDREN, Child
from producers.simulate.sources import SOURCES, Source
from producers.simulate.stories import STORIES
from producers.simulate.story import Story
from producers.simulate.year import (
    DEFAULT_SEED,
    BrokenMessage,
    Delivery,
    Fault,
    Year,
    simulate,
)

__all__ = [
    "DEFAULT_CHILDREN",
    "DEFAULT_SEED",
    "LA",
    "SOURCES",
    "STORIES",
    "BrokenMessage",
    "Child",
    "Delivery",
    "Expectation",
    "Fault",
    "Record",
    "Source",
    "Story",
    "Year",
    "simulate",
]
