"""What is not there for who asks, whether it is nowhere or another authority's."""

from __future__ import annotations


class NothingThere(Exception):
    """The person's authority has nothing at this address; nobody learns whether another has."""
