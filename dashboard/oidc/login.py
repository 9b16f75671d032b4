"""The login by an OpenID Connect provider: authorisation code flow, with PKCE, state and nonce."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence

import msgspec
from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.oidc.claims import people_in
from dashboard.oidc.provider import Asked, NotProved, Proved, Provider
from dashboard.oidc.settings import OidcSettings
from dashboard.oidc.strength import weakness
from dashboard.pages import Pages
from dashboard.people import Person, Refused
from dashboard.signing import timed_serializer

ASKED = "joinedup-asked"
"""The cookie of one sign-in. The provider's answer comes from another site, with which browsers do
not send the session's; this one they do, and it says nothing but what was asked."""
LEAVING = "joinedup-leaving"
"""The cookie of the token by which the provider knows whom to sign out; it is sent there alone."""
HTTPS_ALONE = "__Secure-"
"""Before their names: browsers take and send them over HTTPS alone. They are of one path each,
which the stricter prefix of the session's does not allow."""

ANSWER = "/sign-in/answer"
_ASKED_SECONDS = 600
_LONGEST_COOKIE = 3_800
_UNKNOWN = "This sign-in is not one that was begun here, or it took too long. Begin again."
_NOT_PROVED = "Your organisation’s sign-in did not confirm who you are. Begin again."
_UNREACHABLE = "Your organisation’s sign-in does not answer. Try again in a minute."

log = logging.getLogger(__name__)


class OidcLogin:
    """Lets in whom the provider knows, as what its claims say they are."""

    def __init__(
        self,
        pages: Pages,
        settings: OidcSettings,
        authorities: Sequence[str],
        public_url: str,
        key: str,
    ) -> None:
        """Take the parts; asks nothing of the provider yet.

        authorities: whose people may sign in here. public_url: by which browsers reach the
        dashboard. key: signs the cookie of a sign-in.
        """
        self._pages = pages
        self._settings = settings
        self._authorities = tuple(authorities)
        self._public_url = public_url
        self._secure = public_url.startswith("https://")
        prefix = HTTPS_ALONE if self._secure else ""
        self._asked_by, self._leaving_by = prefix + ASKED, prefix + LEAVING
        self._signed = timed_serializer(key, ASKED)
        self._provider = Provider(settings, public_url + ANSWER)

    def begin(self, request: Request, refused: Refused | None = None) -> Response:
        """Return the page that leads to the provider."""
        shown = {"refused": refused}
        return self._pages.show(request, "sign-in-oidc.html", shown, status=401 if refused else 200)

    def finish(self, given: Mapping[str, str]) -> Person | Refused:
        """Return why: nobody signs in by a form of ours."""
        return Refused("Sign in with the account of your organisation.")

    def start(self, request: Request) -> Response:
        """Return the way to the provider, and keep what was asked of it."""
        asked = Asked(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            going=request.session.get("going", ""),
        )
        try:
            answer = RedirectResponse(self._provider.address_for(asked), 303)
        except NotProved as fault:
            log.error("The OpenID Connect provider does not answer: %s", fault)
            return self.begin(request, Refused(_UNREACHABLE))
        content = self._signed.dumps(msgspec.to_builtins(asked))
        self._set(answer, self._asked_by, str(content), path="/sign-in", lax=True)
        return answer

    def answered(self, request: Request) -> tuple[Asked, Proved, tuple[Person, ...]] | Refused:
        """Return whom the provider's answer lets in, or why it lets in nobody."""
        asked, given = self._asked(request), request.query_params
        if asked is None or not secrets.compare_digest(given.get("state", ""), asked.state):
            return Refused(_UNKNOWN)
        if given.get("iss", self._settings.issuer).rstrip("/") != self._settings.issuer:
            return Refused(_UNKNOWN)
        try:
            proved = self._provider.proved(asked, given["code"]) if "code" in given else None
        except NotProved as fault:
            log.error("A sign-in was not proved: %s", fault)
            proved = None
        if proved is None:
            return Refused(_NOT_PROVED)
        weak = weakness(proved.claims, self._settings, time.time())
        if weak is not None:
            return weak
        people = people_in(proved.claims, self._settings, self._authorities)
        return people if isinstance(people, Refused) else (asked, proved, people)

    def settle(self, answer: Response, proved: Proved) -> None:
        """Forget what was asked, and keep by what the provider can sign out who came in."""
        answer.delete_cookie(self._asked_by, path="/sign-in", secure=self._secure)
        if len(proved.id_token) < _LONGEST_COOKIE:
            self._set(answer, self._leaving_by, proved.id_token, path="/sign-out", lax=False)

    def leave(self, request: Request) -> Response:
        """Return the page that leads to the provider's own way out."""
        back = self._public_url + "/sign-in"
        try:
            place = self._provider.address_to_leave(request.cookies.get(self._leaving_by, ""), back)
        except NotProved:
            place = ""
        answer = self._pages.show(request, "onward.html", {"onward": place or back, "out": True})
        answer.delete_cookie(self._leaving_by, path="/sign-out", secure=self._secure)
        return answer

    def _asked(self, request: Request) -> Asked | None:
        try:
            kept = self._signed.loads(
                request.cookies.get(self._asked_by, ""), max_age=_ASKED_SECONDS
            )
            return msgspec.convert(kept, Asked)
        except (BadSignature, msgspec.ValidationError):
            return None

    def _set(self, answer: Response, name: str, content: str, *, path: str, lax: bool) -> None:
        answer.set_cookie(
            name,
            content,
            max_age=_ASKED_SECONDS if lax else None,
            path=path,
            secure=self._secure,
            httponly=True,
            samesite="lax" if lax else "strict",
        )
