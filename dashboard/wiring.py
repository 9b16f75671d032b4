"""What the routes find the parts by: they are put on the application once, when it is built."""

from __future__ import annotations

import msgspec
from starlette.requests import Request

from dashboard.assets import Assets
from dashboard.bearer import Bearer, NoTokens
from dashboard.ended import Ended, EndedSessions
from dashboard.nightly import Nightly
from dashboard.pages import Pages
from dashboard.people import Login
from dashboard.recording import Noticed, Recorder
from dashboard.session import LONGEST_SECONDS
from dashboard.store import Store


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the application is made of; nightly: None where no night is to be waited for."""

    store: Store
    pages: Pages
    assets: Assets
    login: Login
    recorder: Recorder
    bearer: Bearer = msgspec.field(default_factory=NoTokens)
    noticed: Noticed = msgspec.field(default_factory=Noticed)
    nightly: Nightly | None = None
    ended: EndedSessions = msgspec.field(default_factory=lambda: Ended(LONGEST_SECONDS))


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that answers this request."""
    parts: Parts = request.app.state.parts
    return parts


def store_of(request: Request) -> Store:
    """Return the store."""
    return parts_of(request).store


def pages_of(request: Request) -> Pages:
    """Return what makes pages."""
    return parts_of(request).pages
