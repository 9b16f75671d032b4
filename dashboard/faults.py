"""What is said when something is not in order: a page, or a problem where the API was asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import psycopg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from consumers.errors import ConsumerError
from dashboard import api
from dashboard.access import NotYours, may
from dashboard.bounded import TooLarge
from dashboard.ended import NotTheirName
from dashboard.entrance import turned_away
from dashboard.lapsed import HEADING, Lapsed
from dashboard.missing import NothingThere
from dashboard.need import NotInvolved
from dashboard.often import TooOften
from dashboard.people import Refused
from dashboard.queue import NotInOrder
from dashboard.session import API, NOT_THEIRS, Forged, NotSignedIn, signed_in
from dashboard.wiring import pages_of
from schemas.agreements import LAPSED

log = logging.getLogger(__name__)


class Said(NamedTuple):
    """What is said of a fault: the status, and in words what it means and what to do."""

    status: int
    heading: str
    words: str


DOCUMENT = f"{API}openapi.json"
_AGAIN = "Try again in a minute. If it stays so, tell those who run the dashboard."
_NO_STORE = Said(
    503, "The store does not answer", f"Nothing was shown and nothing was lost. {_AGAIN}"
)
_NO_KEYS = Said(503, "What is sealed cannot be opened now", f"The key store is away. {_AGAIN}")
_ROLE = (
    "You are signed in in a role that may not see or do this. If you should, ask who gives out"
    " roles at your organisation."
)
_NO_PAGE = Said(
    404,
    "Page not found",
    "There is nothing at this address for you. If you followed a link, begin at your queue.",
)
_NOTHING = Said(
    404,
    "Nothing is there",
    "There is nothing at this address for you. Take it from an answer to you as it is, or from"
    f" {DOCUMENT}.",
)
_TOO_LARGE = Said(
    413, "That is too large", "No form or act here holds so much. Nothing was done: send less."
)
_UNREADABLE = Said(
    400, "The request cannot be read", f"Send it in UTF-8, in the form that {DOCUMENT} describes."
)

_TOO_OFTEN = "You have looked at too many children in an hour"

ON_A_PAGE: Mapping[type[Exception], Said] = {
    NothingThere: _NO_PAGE,
    NotInOrder: _NO_PAGE,
    RequestValidationError: _NO_PAGE,
    HTTPException: _NO_PAGE,
    TooLarge: _TOO_LARGE,
    Forged: Said(
        403,
        "This form has expired",
        "You signed out, or your session ended, since the page was shown. Go back and try again.",
    ),
    NotYours: Said(403, "This page is not for your role", _ROLE),
    psycopg.Error: _NO_STORE,
    ConsumerError: _NO_KEYS,
}
"""What a page says of a fault."""

IN_THE_API: Mapping[type[Exception], Said] = {
    NothingThere: _NOTHING,
    NotInOrder: Said(
        422,
        "The filter is not in order",
        "Leave it out, or ask for one that an answer or a page names; a team is one of your own.",
    ),
    Forged: Said(
        403,
        "The token of the session is missing",
        f"Send the form_token of GET {API}me in the header {api.TOKEN_HEADER}: each session has"
        " another one.",
    ),
    NotYours: Said(403, "This is not for your role", _ROLE),
    TooLarge: _TOO_LARGE,
    psycopg.Error: _NO_STORE,
    ConsumerError: _NO_KEYS,
}
"""What a problem says of one; ``_of_request`` and ``_of_http`` say the rest."""

PLAIN = frozenset(
    {
        "enum",
        "greater_than_equal",
        "int_parsing",
        "int_type",
        "less_than_equal",
        "list_type",
        "string_too_long",
        "string_too_short",
        "string_type",
        "too_long",
    }
)
"""Faults whose message says what a field takes, and nothing of what was sent."""


def add_faults(app: FastAPI) -> None:
    """Answer each fault with what it means and what to do, in a sentence."""
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(NotTheirName, _turned_away)
    app.add_exception_handler(NotInvolved, _to_a_reason)
    app.add_exception_handler(Lapsed, _closed)
    app.add_exception_handler(TooOften, _too_often)
    for fault, said in ON_A_PAGE.items():
        app.add_exception_handler(fault, _answer(said, IN_THE_API.get(fault)))


def is_api(request: Request) -> bool:
    """Return whether a program asks, which is answered with a problem and no page."""
    return request.url.path.startswith(API)


def _answer(on_page: Said, in_api: Said | None) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, fault: Exception) -> Response:
        if on_page.status >= 500:
            # Its class and no more: what an exception says may name a child.
            log.error("%s: %s", on_page.heading, type(fault).__name__)
        if not is_api(request):
            return page(request, on_page)
        if isinstance(fault, RequestValidationError):
            return _of_request(fault)
        if isinstance(fault, HTTPException) and in_api is None:
            return _of_http(fault)
        return api.problem(*(in_api or on_page))

    return answer


def page(request: Request, said: Said, onward: tuple[str, str] | None = None) -> Response:
    """Return a page that says this; onward: words and address of a link beside the usual one."""
    shown = {"heading": said.heading, "words": said.words, "onward": onward}
    return pages_of(request).show(request, "fault.html", shown, status=said.status)


def _of_http(fault: HTTPException) -> Response:
    if fault.status_code == HTTPStatus.NOT_FOUND:
        return api.problem(*_NOTHING)
    if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        taken = (fault.headers or {}).get("Allow", "another method")
        said = Said(405, "This address takes another method", f"Ask by {taken}; see {DOCUMENT}.")
    elif fault.status_code == HTTPStatus.BAD_REQUEST:
        said = _UNREADABLE
    else:
        said = Said(fault.status_code, HTTPStatus(fault.status_code).phrase, f"See {DOCUMENT}.")
    answer = api.problem(*said)
    answer.headers.update(fault.headers or {})
    return answer


def _of_request(fault: RequestValidationError) -> Response:
    """Return what is wrong with a request: in words of ours, as it may name a child."""
    faults = fault.errors()
    places = {str(one["loc"][0]) for one in faults}
    if places == {"path"}:
        return api.problem(*_NOTHING)
    if any(one["type"] == "json_invalid" for one in faults):
        detail = f"Nothing was done. Send one JSON object, as {DOCUMENT} describes it."
        return api.problem(422, "The body is not JSON", detail)
    fields = dict(_fields(faults))
    if not fields:
        detail = f"Nothing was done. Send one JSON object, as {DOCUMENT} describes it, and"
        detail = f"{detail} Content-Type: application/json."
        return api.problem(422, "The body is not a JSON object", detail)
    title = "The body is not in order" if "body" in places else "The address is not in order"
    detail = f"`fields` says what is wrong with which field; see {DOCUMENT}."
    return api.problem(422, title, f"Nothing was done. {detail}", fields)


def _fields(faults: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Yield each field at fault, by its name in the document, and what it takes."""
    for one in faults:
        name = next((part for part in one["loc"][1:] if isinstance(part, str)), "")
        if not name:
            continue
        if one["type"] == "missing":
            yield name, "It is missing"
        elif one["type"] in PLAIN:
            yield name, str(one["msg"])
        else:
            yield name, "It is not of the kind that the document names"


def _to_sign_in(request: Request, fault: Exception) -> Response:
    if is_api(request):
        why = str(fault) or "Sign in first, or send a token of your organisation's provider."
        return api.problem(401, "Sign in first", why)
    return RedirectResponse("/sign-in", 303)


def _turned_away(request: Request, fault: Exception) -> Response:
    return turned_away(request, Refused(NOT_THEIRS))


def _to_a_reason(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, NotInvolved):
        raise fault
    if is_api(request):
        words = (
            f"Give a reason first: POST {API}children/{{child}}/break-glass, or the child's page."
        )
        return api.problem(403, "A reason is needed", words)
    return RedirectResponse(f"/children/{fault.child}/break-glass", 303)


def _closed(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, Lapsed):
        raise fault
    if is_api(request):
        since = fault.since.isoformat()
        return api.problem(403, HEADING, fault.words, reason=LAPSED, since=since)
    return page(request, Said(403, HEADING, fault.words))


def _too_often(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, TooOften):
        raise fault
    if is_api(request):
        words = f"{fault.words} POST {API}children/{{child}}/break-glass takes the reason."
        return api.problem(429, _TOO_OFTEN, words)
    person, child = signed_in(request), request.path_params.get("child")
    place = f"/children/{child}/break-glass"
    may_say_why = person and child and may(person.role, "GET /children/{child}/break-glass")
    onward = ("Say why you have to see this record", place) if may_say_why else None
    return page(request, Said(429, _TOO_OFTEN, fault.words), onward)
