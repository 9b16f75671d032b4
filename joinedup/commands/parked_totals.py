"""How many records wait in the stores of a local stack."""

from __future__ import annotations

import psycopg

from consumers.store.parks import ParkedTotals, parked_totals
from stack import LocalStack, StackError
from stack.local import DEMO_STORE, LIVE_STORE

_STORES = {"live": LIVE_STORE, "demo": DEMO_STORE}


def parked_in_stores(stack: LocalStack) -> dict[str, ParkedTotals]:
    """Return what waits in each store that there is, on a stack that runs.

    Raise StackError where a store does not answer.
    """
    found = {}
    for name, store in _STORES.items():
        address = stack.environment("reader", store=store)["JOINEDUP_DATABASE_URL"]
        try:
            with psycopg.connect(address, connect_timeout=5) as connection:
                found[name] = parked_totals(connection)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            continue  # not migrated yet: nothing was ever joined into it
        except psycopg.OperationalError as fault:
            if "does not exist" in str(fault):
                continue
            raise StackError("The store does not answer: see `joinedup status`.") from None
    return found
