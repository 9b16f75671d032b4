"""The page of licences, written from the locks: ``python -m supply.page``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from supply.licences import Licensed, ids_of, licences
from supply.parts import ROOT, Use, parts

PAGE = ROOT / "docs" / "licences.md"

_HEAD = """\
<!-- Written by `make licences` from the locks and infra/licences.toml; change those instead. -->
# Licences of what others wrote

JoinedUp itself is under the MIT licence. What it is made of beside is below, with the SPDX name of
each licence: as the installed package says it itself, or as `infra/licences.toml` states it where
the package says it unclearly or is not in Python. `tests/unit/supply/test_licences.py` fails where
a part has no licence or one that is not allowed, and where this page is not current. What the
schema registry's archive, the provider's archive and the containers' images hold inside is under
licences of its own; the [bill of materials](security.md#what-it-is-made-of) lists the registry's.

## Which are allowed, and what they ask
"""


def lines(judged: Iterable[Licensed], allowed: dict[str, str]) -> Iterator[str]:
    """Yield the page line by line; every licence that is allowed, then the parts by their use."""
    every = tuple(judged)
    yield from ["| licence | asks | parts |", "|---|---|---|"]
    for name, asks in allowed.items():
        many = sum(name in ids_of(one.licence) for one in every)
        yield f"| {name} | {asks} | {many} |"
    for use in Use:
        rows = sorted((one for one in every if one.part.use is use), key=_order)
        if rows:
            yield from [
                "",
                f"## {use[0].upper()}{use[1:]}",
                "| part | version | licence |",
                "|---|---|---|",
            ]
            yield from (f"| {one.part.name} | {one.part.version} | {one.licence} |" for one in rows)


def page(judged: Iterable[Licensed], allowed: dict[str, str]) -> str:
    """Return the whole page."""
    return _HEAD + "\n".join(lines(judged, allowed)) + "\n"


def _order(one: Licensed) -> tuple[str, str]:
    return (one.part.name.lower(), one.part.purl.type)


def main() -> None:
    """Write the page, or say what is wrong and write nothing."""
    known = licences()
    judged = known.judge(parts())
    wrong = [one.wrong for one in judged if one.wrong]
    if wrong:
        sys.exit("\n".join(wrong))
    PAGE.write_text(page(judged, dict(known.allowed)), "utf-8")
    print(f"{PAGE.relative_to(ROOT)} is current: {len(judged)} parts.")


if __name__ == "__main__":
    main()
