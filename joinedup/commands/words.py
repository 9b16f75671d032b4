"""How the command line writes days, event types and phrases: as every other face does."""

from __future__ import annotations

from journey.words import day_text, in_words, sentence

__all__ = ["day_text", "in_words", "sentence"]
