"""Pages from templates: GOV.UK Frontend's macros and ours, with everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard.access import HOMES, may
from dashboard.assets import Assets
from dashboard.roles import WORDS
from dashboard.session import FORM_TOKEN, form_token, signed_in
from dashboard.times import moment_text
from journey.words import code_in_words, day_text, in_words, sentence

RECORDS_PAGES = (
    ("Who may be whom", "identity"),
    ("Records that wait", "parked"),
    ("What was refused", "dead-letters"),
    ("Who was told", "deliveries"),
    ("Sources", "sources"),
)
"""The pages that tell how records came in and what went out: what a link says, and its address."""

_FRONTEND = "govuk_frontend_jinja"


class Pages:
    """Makes pages; the only place that turns what is known into HTML."""

    def __init__(self, assets: Assets) -> None:
        """Load the templates when they are first asked for."""
        loaders = (PackageLoader("dashboard"), PrefixLoader({_FRONTEND: PackageLoader(_FRONTEND)}))
        self._made = Environment(
            loader=ChoiceLoader(loaders), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._made.filters |= {
            "day": day_text,
            "moment": moment_text,
            "words": in_words,
            "duty": code_in_words,
            "sentence": sentence,
        }
        self._selects = lru_cache(maxsize=256)(self._select)
        self._made.globals |= {
            "asset": assets.url,
            "records_pages": RECORDS_PAGES,
            "duty_select": self._duty_select,
        }

    def _duty_select(self, duties: Iterable[str], selected: str) -> Markup:
        """Return the choice of a duty; that of a hundred is made once, not for every page."""
        offered = tuple(duties)
        return self._selects(offered, selected if selected in offered else "")

    def _select(self, duties: tuple[str, ...], selected: str) -> Markup:
        items = [{"value": "", "text": "All duties"}]
        items += [{"value": name, "text": code_in_words(name)} for name in duties]
        template = self._made.get_template("duty-select.html")
        return Markup(template.render(items=items, selected=selected))

    def show(
        self, request: Request, template: str, shown: Mapping[str, Any], *, status: int = 200
    ) -> HTMLResponse:
        """Return a page; it knows who is signed in, and its forms carry the session's token."""
        person = signed_in(request)
        role = person.role if person else None
        around = {
            "person": person,
            "role_words": WORDS[role] if role else "",
            "may": lambda name: may(role, name),
            "home": HOMES[role] if role else ("Sign in", "/sign-in"),
            "token_name": FORM_TOKEN,
            "token": form_token(request),
        }
        page = self._made.get_template(template).render({**around, **shown})
        return HTMLResponse(page, status)
