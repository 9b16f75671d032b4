"""Worked examples of every duty: documentation that is run as tests."""

from journey.duties.examples.agreement import AGREEMENT_EXAMPLES
from journey.duties.examples.assessments import ASSESSMENTS_EXAMPLES
from journey.duties.examples.care import CARE_EXAMPLES
from journey.duties.examples.example import Example, Given, sentence
from journey.duties.examples.exclusions import EXCLUSIONS_EXAMPLES
from journey.duties.examples.health import HEALTH_EXAMPLES
from journey.duties.examples.joint import JOINT_EXAMPLES
from journey.duties.examples.leaving import LEAVING_EXAMPLES
from journey.duties.examples.lifecycle import LIFECYCLE_EXAMPLES
from journey.duties.examples.looked_after import LOOKED_AFTER_EXAMPLES
from journey.duties.examples.moving_on import MOVING_ON_EXAMPLES
from journey.duties.examples.oversight import OVERSIGHT_EXAMPLES
from journey.duties.examples.placements import PLACEMENT_EXAMPLES
from journey.duties.examples.placing import PLACING_EXAMPLES
from journey.duties.examples.protection import PROTECTION_EXAMPLES
from journey.duties.examples.reviews import REVIEWS_EXAMPLES
from journey.duties.examples.unregistered import UNREGISTERED_EXAMPLES

__all__ = ["EXAMPLES", "Example", "Given", "sentence"]

EXAMPLES: tuple[Example, ...] = (
    *JOINT_EXAMPLES,
    *PLACEMENT_EXAMPLES,
    *PLACING_EXAMPLES,
    *UNREGISTERED_EXAMPLES,
    *OVERSIGHT_EXAMPLES,
    *EXCLUSIONS_EXAMPLES,
    *ASSESSMENTS_EXAMPLES,
    *REVIEWS_EXAMPLES,
    *CARE_EXAMPLES,
    *PROTECTION_EXAMPLES,
    *LOOKED_AFTER_EXAMPLES,
    *AGREEMENT_EXAMPLES,
    *LEAVING_EXAMPLES,
    *MOVING_ON_EXAMPLES,
    *HEALTH_EXAMPLES,
    *LIFECYCLE_EXAMPLES,
)
