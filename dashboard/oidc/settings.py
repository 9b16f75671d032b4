"""Which OpenID Connect provider signs people in, and what its claims are called."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.loopback import require_https
from dashboard.roles import Role


class OidcSettings(BaseSettings):
    """The environment of the login, each name prefixed with ``JOINEDUP_OIDC_``.

    issuer: the provider, by the address that it names in its tokens. client_id, client_secret: as
        which the dashboard is registered there.
    scope: what is asked of the provider, separated by spaces.
    name_claim: what somebody is recorded as; the provider must never give it to another person.
    authority_claim, roles_claim, agency_claim, organisation_claim, teams_claim: codes of local
        authorities, roles, the agency and the organisation of an officer, and teams: a text or a
        list of texts. A dot leads into an object.
    acr: the strengths of a sign-in (`acr`) that are taken, separated by spaces, the one that is
        wanted first; amr: the means (`amr`, such as mfa) that must all have been used;
        max_age_seconds: how long ago somebody may have proved who they are. Nothing of it is asked
        for where it is not set; access tokens of the JSON API are held to them too.
    api_audience: the audience of access tokens that the JSON API takes; none is taken without it.
    role_names: as a JSON object, which role of ours each of the provider's means; else its names
        are ours.
    """

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_OIDC_", extra="ignore", frozen=True)

    issuer: str
    client_id: str
    client_secret: SecretStr
    scope: str = "openid profile"
    name_claim: str = "preferred_username"
    authority_claim: str = "joinedup_la"
    roles_claim: str = "joinedup_roles"
    agency_claim: str = "joinedup_agency"
    organisation_claim: str = "joinedup_organisation"
    teams_claim: str = "joinedup_teams"
    acr: str = ""
    amr: str = ""
    max_age_seconds: int = Field(default=0, ge=0)
    api_audience: str = ""
    role_names: dict[str, Role] = {}

    @property
    def strengths(self) -> tuple[str, ...]:
        """Strengths that are taken, the one that is wanted first; none where any is."""
        return tuple(self.acr.split())

    @property
    def means(self) -> frozenset[str]:
        """Means that must all have been used."""
        return frozenset(self.amr.split())

    @field_validator("issuer")
    @classmethod
    def _is_private(cls, issuer: str) -> str:
        """Let nothing be asked of a provider in the clear, but on this machine."""
        return require_https(issuer)

    @model_validator(mode="after")
    def _takes_no_id_token(self) -> OidcSettings:
        """Refuse an audience by which an ID token, which browsers are sent, would be taken."""
        if self.api_audience == self.client_id:
            raise ValueError("must not be the client id: an ID token would be taken for one")
        return self
