"""The SEN provision of a young person, as an NCCIS return has it at the end of its period."""

from __future__ import annotations

from collections.abc import Iterator

from producers.files.codes import codes
from producers.files.nccis_people import About
from producers.files.outcomes import BadValue, Outcome
from producers.files.xml_fields import Element

_PLAN, _SUPPORT, _NONE = "E", "K", "N"
_OLDEST_WITHOUT_PLAN = 18


def sen(needs: Element, activity_code: str, about: About) -> Iterator[Outcome]:
    """Yield the provision as on the last day of the period; raises BadValue."""
    provision = _provision(needs)
    if provision != _PLAN:
        if activity_code in codes("nccis", "with_plan_only"):
            rule = 254 if activity_code == "280" else 255
            raise BadValue(
                "SENDFlag", f"is not Y, although the activity needs an EHC plan (rule {rule})"
            )
        if about.age > _OLDEST_WITHOUT_PLAN:
            raise BadValue("SENDFlag", "is not Y, and the young person is over 18 (rule 40)")
    day = about.period_end
    yield about.made("SenProvisionRecorded", "sen", day, provision=provision, from_on=day)


def _provision(needs: Element) -> str:
    if _flag(needs, "SENDFlag", empty=103, unknown=102):
        return _PLAN
    return _SUPPORT if _flag(needs, "SENSupportFlag", empty=303, unknown=304) else _NONE


def _flag(needs: Element, name: str, *, empty: int, unknown: int) -> bool:
    value = needs.required(name, f"Y or N (rule {empty})").upper()
    if value not in ("Y", "N"):
        raise BadValue(name, f"is neither Y nor N (rule {unknown})")
    return value == "Y"
