"""One provider under several spellings: sources have no number in common for what is no school."""

from __future__ import annotations

import re
import unicodedata

_LEFT_OUT = re.compile(r"[.'\u2018\u2019]")
_LEGAL_FORMS = frozenset({"ltd", "limited", "plc", "llp", "cic"})


def alike(provider: str | None) -> str:
    """Return a provider's name or code so that the ways in which one is spelt are equal.

    Not looked at: case, spaces and punctuation, ``&`` or *and*, a *The* before it, and a legal form
    after it. Our own default: no source says which names are one.
    """
    name = unicodedata.normalize("NFKC", provider or "").casefold()
    words = re.findall(r"\w+", _LEFT_OUT.sub("", name).replace("&", " and "))
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        del words[-1]
    return " ".join(words) or name.strip()
