"""Replay: the join's fold over journeys again, with nothing written, to prove what was told."""
