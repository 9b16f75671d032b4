"""Whether somebody proved who they are as strongly, and as lately, as the operator asks for.

The claims are those of OpenID Connect: `acr` (of which strength), `amr` (by which means, RFC 8176)
and `auth_time` (when). What nobody set is not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.oidc.settings import OidcSettings
from dashboard.people import Refused

_TOO_WEAK = (
    "Your organisation’s sign-in did not prove you as strongly as is asked for here. Sign in with"
    " your second factor, or tell who runs your accounts."
)
_TOO_OLD = "You proved who you are too long ago. Sign in at your organisation again."
_LEEWAY_SECONDS = 30


def weakness(claims: Mapping[str, Any], settings: OidcSettings, now: float) -> Refused | None:
    """Return why these claims let nobody in, None where they are as strong and as late as is asked.

    now: in seconds since 1970, UTC.
    """
    if settings.strengths and claims.get("acr") not in settings.strengths:
        return Refused(_TOO_WEAK)
    used = claims.get("amr")
    means = {one for one in used if isinstance(one, str)} if isinstance(used, list) else set()
    if not settings.means <= means:
        return Refused(_TOO_WEAK)
    return Refused(_TOO_OLD) if _is_too_old(claims, settings.max_age_seconds, now) else None


def asked_for(settings: OidcSettings) -> dict[str, str]:
    """Return what is asked of the provider beside: parameters of the way to it."""
    asked = {}
    if settings.strengths:
        asked["acr_values"] = " ".join(settings.strengths)
    if settings.max_age_seconds:
        asked["max_age"] = str(settings.max_age_seconds)
    return asked


def _is_too_old(claims: Mapping[str, Any], seconds: int, now: float) -> bool:
    proved = claims.get("auth_time")
    if not seconds:
        return False
    if isinstance(proved, bool) or not isinstance(proved, int | float):
        return True
    return now > proved + seconds + _LEEWAY_SECONDS
