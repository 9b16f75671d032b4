"""Who sees what: processes by their roles in PostgreSQL, people by their roles in the dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.access import ROUTES
from dashboard.roles import WORDS, Role
from joinedup.protection.tables import code, table
from stack.rights import OF_THE_KEYS, OF_THE_STORE

_VERBS = {"r": "reads", "a": "adds", "w": "changes", "d": "removes"}


def chapters() -> Iterator[str]:
    """Yield the chapters about processes and about people."""
    yield _processes()
    yield _people()


def _processes() -> str:
    rows = [
        *((f"`joinedup_{role}`", "store", said(may)) for role, may in OF_THE_STORE.items()),
        *((f"`joinedup_{role}`", "keys", said(may)) for role, may in OF_THE_KEYS.items()),
    ]
    return """\
## Who reads what in PostgreSQL

From `stack/rights.py`, which a server was tried against, every role with every verb on every
table (`tests/integration/stack/test_roles.py`). A role is a process's, never a person's; on
tables that name an authority it sees the rows of the one that it states
(`tests/integration/join/test_access.py`), and of some tables single columns alone. Not shown
is what reader and dashboard add in somebody's name (who looked and why, searches, exports,
reviews), and that the eraser, which sees the ids of keys and no key, destroys them. What a role is
for: [security.md](security.md#who-may-do-what-in-postgresql).

""" + table("role | in the | may", rows)


def said(may: Mapping[str, str]) -> str:
    """Return in words what a role may do, tables of the same verbs together."""
    by_verbs: dict[str, list[str]] = {}
    for name, verbs in may.items():
        by_verbs.setdefault(verbs, []).append(name)
    return "; ".join(
        ", ".join(_VERBS[verb] for verb in verbs) + ": " + code(sorted(names))
        for verbs, names in sorted(by_verbs.items())
    )


def _people() -> str:
    pages = [
        name for name in ROUTES if not name.split(" ")[1].startswith(("/api/", "/sign-", "/static"))
    ]
    rows = (
        (f"`{name}`", ", ".join(WORDS[role] for role in Role if role in ROUTES[name]))
        for name in sorted(pages)
        if None not in ROUTES[name]
    )
    return """\
## Which people see what

From `dashboard/access.py`: a page that is not in it is not served
(`tests/unit/dashboard/test_access.py`), and no authority is reached from another
(`tests/integration/dashboard/test_roles.py`). The JSON API has the same for programs. Beside the
role somebody needs to work with the child, or says why they look; each look is on record before
anything is shown ([dashboard.md](dashboard.md#who-may-see-what)). Operators at the command line
have the settings of a reader or an auditor.

""" + table("page or act | for", rows)
