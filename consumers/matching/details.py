"""What is compared of a child: name, date of birth and postcode, made comparable."""

from __future__ import annotations

import unicodedata
from datetime import date

import msgspec

_INWARD = 3
"""Characters of a postcode after the space."""


class Details(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """One record's name, birth and postcode; None where it does not say. Never to be logged.

    key: what names the record, such as the token of its leaf.
    """

    key: str
    given_name: str | None = None
    family_name: str | None = None
    born: str | None = None
    postcode: str | None = None

    def __repr__(self) -> str:
        """Return it without anything of the person."""
        return f"Details({self.key})"


def details_of(
    key: str,
    *,
    given_name: str | None,
    family_name: str | None,
    born: date | str | None,
    postcode: str | None,
) -> Details:
    """Return what is compared: letters without case or accents, a postcode as it is written."""
    return Details(
        key=key,
        given_name=_letters(given_name),
        family_name=_letters(family_name),
        born=str(born) if born else None,
        postcode=_postcode(postcode),
    )


def _letters(name: str | None) -> str | None:
    plain = unicodedata.normalize("NFKD", name or "").casefold()
    return "".join(one for one in plain if one.isalpha()) or None


def _postcode(text: str | None) -> str | None:
    plain = "".join((text or "").upper().split())
    if len(plain) <= _INWARD + 1:
        return plain or None
    return f"{plain[:-_INWARD]} {plain[-_INWARD:]}"
