"""Access tokens of the OpenID provider, for the audience that the JSON API is there."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from dashboard.oidc.claims import people_in
from dashboard.oidc.provider import NotProved, Provider
from dashboard.oidc.settings import OidcSettings
from dashboard.oidc.strength import weakness
from dashboard.people import Person, Refused

_NOT_PROVED = "The token is not one of the provider for this audience, or it has expired."

log = logging.getLogger(__name__)


class OidcBearer:
    """Takes the tokens that the provider made for the JSON API, with the claims of the login."""

    def __init__(self, settings: OidcSettings, authorities: Sequence[str]) -> None:
        """Take the settings; asks nothing of the provider yet. authorities: those served here."""
        self._settings = settings
        self._authorities = tuple(authorities)
        self._provider = Provider(settings, "")

    def people(self, token: str) -> Sequence[Person] | Refused:
        """Return everybody as whom a token lets a program ask, or why it lets in nobody."""
        try:
            claims = self._provider.claims_of(token, self._settings.api_audience)
        except NotProved as fault:
            log.error("A token was not proved: %s", fault)
            return Refused(_NOT_PROVED)
        weak = weakness(claims, self._settings, time.time())
        return weak or people_in(claims, self._settings, self._authorities)
