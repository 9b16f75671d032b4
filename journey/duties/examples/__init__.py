"""Worked examples of every duty: documentation that is run as tests."""

from journey.duties.examples.care import CARE_EXAMPLES
from journey.duties.examples.example import Example, Given, sentence
from journey.duties.examples.joint import JOINT_EXAMPLES
from journey.duties.examples.leaving import LEAVING_EXAMPLES
from journey.duties.examples.placements import PLACEMENT_EXAMPLES

__all__ = ["EXAMPLES", "Example", "Given", "sentence"]

EXAMPLES: tuple[Example, ...] = (
    *JOINT_EXAMPLES,
    *PLACEMENT_EXAMPLES,
    *CARE_EXAMPLES,
    *LEAVING_EXAMPLES,
)
