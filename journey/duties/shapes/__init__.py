"""The few shapes that most duties have, each named after how it is said aloud.

After:     after it begins, that is owed within a time.
Repeats:   while it lasts, that is owed again and again.
EachTerm:  while it lasts, that is owed in each school term or half-term.
Stated:    what begins shows it from its first day.
Spells:    while it lasts, a state of affairs that may not be.
Overlap:   two that may not last at the same time.
Fault:     what is wrong as it is recorded.
"""

from journey.duties.shapes.after import After
from journey.duties.shapes.answers import Answer
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.clock import Clock
from journey.duties.shapes.each_term import EachTerm
from journey.duties.shapes.faults import Fault, Wrong
from journey.duties.shapes.overlap import Overlap
from journey.duties.shapes.repeats import Repeats
from journey.duties.shapes.spells import Spells
from journey.duties.shapes.stated import Stated
from journey.duties.shapes.subject import Subject, alone, each

__all__ = [
    "After",
    "Answer",
    "Asked",
    "Clock",
    "EachTerm",
    "Fault",
    "Overlap",
    "Repeats",
    "Spells",
    "Stated",
    "Subject",
    "Wrong",
    "alone",
    "each",
]
