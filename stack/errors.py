"""What went wrong with the local stack, as a sentence that says what to do."""

from __future__ import annotations


class StackError(Exception):
    """A step of the local stack failed; the message is one sentence that says what to do."""


class ProgramMissing(StackError):
    """A program that the stack needs is neither on this machine nor to be fetched now."""
