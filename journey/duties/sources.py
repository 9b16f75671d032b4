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
    "S7": "East Riding SENDIASS, exclusions (secondary)",
    "S8": "Haringey schools bulletin, exclusions (secondary)",
    "S9": "DfE statistics, suspensions and permanent exclusions, 2023/24",
    "S10": "Suffolk SENDIASS, exclusions (secondary)",
    "S11": "SI 2010/1156, provision for improving behaviour, copied on zoomlaw.co.uk",
    "S12": "Bradford Schools Online, direction off-site (secondary)",
    "S13": "SI 2012/2532, with its explanatory note, legislation.gov.uk",
    "S14": (
        "Bradford Schools Online, alternative provision quality assurance checklist, which "
        "quotes DfE Arranging Alternative Provision, February 2025 (secondary)"
    ),
    "S15": "FE Week on the Ofsted/CQC thematic review of alternative provision, February 2024",
    "S16": "Tes, a copy, on standards for non-school alternative provision, 2025 (secondary)",
    "S17": "Oxfordshire council, approved alternative providers, which quotes KCSIE (secondary)",
    "S18": "Plymouth council, alternative provision guidance (secondary)",
    "S19": "Close the Gaps on unregistered schools, which quotes gov.uk (secondary)",
    "S20": "Ealing Grid for Learning, checklist when choosing alternative provision (secondary)",
    "S21": "Ed Yourself and DfE's 2024 consultation on unregistered provision (secondary)",
    "S22": "Ofsted/CQC, thematic review of alternative provision, its opening, gov.uk",
    "S23": "Browne Jacobson, SEND and pupils absent due to health needs (secondary)",
    "S24": "Ed Yourself, SEND Regulations (secondary)",
    "S25": "SEN Expert Solicitors, EHC plan annual reviews (secondary)",
    "S26": "Birmingham local offer, annual EHC plan reviews (secondary)",
    "S27": "IPSEA on R (L, M and P) v Devon [2022] EWHC 493 (Admin) (secondary)",
    "S28": "SI 2014/1530, reg 22, legislation.gov.uk",
    "S29": "SEND Advice Surrey, transition reviews (secondary)",
    "S31": "Tees child protection partnerships on Working Together 2013 (secondary)",
    "S32": "SpeakCase, assessment timescales in children's services (secondary)",
    "S33": "Torbay council, visiting timescales at a glance (secondary)",
    "S34": "Warrington safeguarding partnership, child protection conferences (secondary)",
    "S35": "Standard safeguarding dataset, data-to-insight/ssd-data-model on GitHub",
    "S36": "East Riding safeguarding partnership, attending a conference or core group (secondary)",
    "S37": "Sefton safeguarding partnership, core group (secondary)",
    "S38": "Surrey safeguarding partnership, child protection review conferences (secondary)",
    "S39": "Bromley procedures, which quote the London procedures (secondary)",
    "S40": "Nottinghamshire, Cumberland and York procedures, child in need plans (secondary)",
    "S41": "SI 2010/959, part 2 (reg 4), legislation.gov.uk",
    "S42": "Childhood First procedures, reviews of looked after children (secondary)",
    "S43": "SI 2010/959, reg 28, legislation.gov.uk",
    "S44": "Oldham virtual school (secondary)",
    "S45": "SpeakCase, health of looked after children (secondary)",
    "S46": "Coventry procedures, health care assessments (secondary)",
    "S47": "SI 2010/959, part 7, eligible children, legislation.gov.uk",
    "S48": "DfE statistics, September Guarantee, 2022/23",
    "S49": "Leeds council, one minute guide to the September Guarantee (secondary)",
    "S50": "Copies of the press release on the Ofsted/CQC review (secondary)",
    "S51": "BMJ 353:i2225, summary of NICE guideline NG43 (secondary)",
    "S52": "DfE statistics, key stage 4 destination measures",
    "S53": "Education and Skills Act 2008, section 13, with its explanatory notes",
    "S54": "Gatsby benchmark 8, as explained for schools (secondary)",
    "S55": "DfE, careers guidance and access for education and training providers, 8 May 2025",
    "S56": "NICE quality standard QS140, statement 2: co-ordinated transition plan",
    "S57": "QualityWatch, eating disorder waiting times (secondary)",
    "S58": "Ofsted/CQC, preparation for adulthood in local areas, Dec 2024, its opening",
    "S59": "School Vacancies on the Ofsted/CQC review of alternative provision (secondary)",
    "S60": "Children and Young People Now on unsuitable placements (secondary)",
    "S61": "Education Business on the Ofsted/CQC review of alternative provision (secondary)",
}


def marks(text: str) -> list[str]:
    """Return the marks of the sources that a text names, in order."""
    return re.findall(r"\bS\d+\b", text)
