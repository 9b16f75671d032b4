"""Where the duties come from: the public pages that were found and read, by short mark."""

from __future__ import annotations

import re
from collections.abc import Mapping

SOURCES: Mapping[str, str] = {
    "S1": "SI 2006/1738, reg 2: what a working day is, legislation.gov.uk",
    "S2": "Children in need census rules as code, data-to-insight/csc-validator-be-cin on GitHub",
    "S3": "SI 2014/1530, reviews and reassessments (reg 18), legislation.gov.uk",
    "S4": "SI 2014/1530, reg 13, legislation.gov.uk",
    "S5": "Norfolk SENDIASS, permanent exclusions (secondary)",
    "S6": "North Somerset council, exclusion from school (secondary)",
    "S14": (
        "Bradford Schools Online, alternative provision quality assurance checklist, which "
        "quotes DfE Arranging Alternative Provision, February 2025 (secondary)"
    ),
    "S15": "FE Week on the Ofsted/CQC thematic review of alternative provision, February 2024",
    "S18": "Plymouth council, alternative provision guidance (secondary)",
    "S19": "Close the Gaps on unregistered schools, which quotes gov.uk (secondary)",
    "S20": "Ealing Grid for Learning, checklist when choosing alternative provision (secondary)",
    "S34": "Warrington safeguarding partnership, child protection conferences (secondary)",
    "S35": "Standard safeguarding dataset, data-to-insight/ssd-data-model on GitHub",
    "S42": "Childhood First procedures, reviews of looked after children (secondary)",
    "S48": "DfE statistics, September Guarantee, 2022/23",
    "S49": "Leeds council, one minute guide to the September Guarantee (secondary)",
    "S51": "BMJ 353:i2225, summary of NICE guideline NG43 (secondary)",
    "S52": "DfE statistics, key stage 4 destination measures",
    "S53": "Education and Skills Act 2008, section 13, with its explanatory notes",
    "S54": "Gatsby benchmark 8, as explained for schools (secondary)",
    "S55": "DfE, careers guidance and access for education and training providers, 8 May 2025",
}


def marks(text: str) -> list[str]:
    """Return the marks of the sources that a text names, in order."""
    return re.findall(r"\bS\d+\b", text)
