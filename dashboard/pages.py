"""Pages from templates: GOV.UK Frontend's macros and ours, with everything escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard.assets import Assets
from dashboard.session import FORM_TOKEN, form_token
from journey.words import day_text, in_words, sentence

_FRONTEND = "govuk_frontend_jinja"


class Pages:
    """Makes pages; the only place that turns what is known into HTML."""

    def __init__(self, assets: Assets) -> None:
        """Load the templates when they are first asked for."""
        loaders = (PackageLoader("dashboard"), PrefixLoader({_FRONTEND: PackageLoader(_FRONTEND)}))
        self._made = Environment(
            loader=ChoiceLoader(loaders), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._made.filters |= {"day": day_text, "words": in_words, "sentence": sentence}
        self._made.globals["asset"] = assets.url

    def show(
        self, request: Request, template: str, shown: Mapping[str, Any], *, status: int = 200
    ) -> HTMLResponse:
        """Return a page; it knows who is signed in, and its forms carry the session's token."""
        person = request.session.get("person")
        token = form_token(request)
        page = self._made.get_template(template).render(
            {"person": person, "token_name": FORM_TOKEN, "token": token, **shown}
        )
        return HTMLResponse(page, status)
