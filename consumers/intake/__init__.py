"""Intake: the agencies' inputs checked and merged into one order, with time written in."""

from consumers.intake.totals import Totals, totals

__all__ = ["Totals", "totals"]
