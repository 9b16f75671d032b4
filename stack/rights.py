"""What each role of PostgreSQL may do with each table, as the migrations grant it.

``tests/integration/stack/test_roles.py`` has every role try every verb on every table of a real
server, and holds what it may to what stands here: a table that is not named is closed.
"""

from __future__ import annotations

from collections.abc import Mapping

READ, ADD, KEEP, TIDY = "r", "ra", "raw", "rawd"
"""read; and insert; and update; and delete."""

OF_THE_STORE: Mapping[str, Mapping[str, str]] = {
    "intake": {"partition_state": READ, "relay_state": READ},
    "join": {
        **dict.fromkeys(("partition_state", "authorities", "erasures"), KEEP),
        **dict.fromkeys(
            (
                *("clusters", "records", "nodes", "due", "reviews", "leaves", "parked"),
                *("ghosts", "alerts", "standings", "receipts"),
            ),
            TIDY,
        ),
        "timeline": "rad",
        **dict.fromkeys(
            ("alert_transitions", "erased_places", "erased_keys", "actions", "agreements"), ADD
        ),
    },
    "relay": {"partition_state": READ, "alert_transitions": READ, "relay_state": KEEP},
    "reader": {
        "accounts": "rd",  # an operator lets a name go to another account; it sees no account
        **dict.fromkeys(
            (
                *("partition_state", "authorities", "timeline", "leaves", "clusters", "records"),
                *("nodes", "reviews", "parked", "alert_transitions", "alerts", "relay_state"),
                *("erasures", "erased_keys", "erased_places", "deliveries", "delivery_states"),
                *("actions", "standings"),
                "reads",  # it adds who looked, but only of its authority: an empty row is refused
            ),
            READ,
        ),
    },
    "dashboard": {
        **dict.fromkeys(("sign_ins", "accounts"), READ),  # it adds who signs in, and sees their own
        "ended_sessions": "rad",  # by their hash, for as long as a copy of a cookie could last
        **dict.fromkeys(
            (
                *("partition_state", "authorities", "timeline", "leaves", "clusters", "records"),
                *("nodes", "reviews", "parked", "alert_transitions", "alerts", "actions"),
                *("standings", "delivery_states", "receipts"),
                # it adds to them, in one's name
                *("break_glass", "break_glass_reviews", "searches", "exports"),
                "agreements",  # an officer's session sees by them whether it may see anything else
                # it adds who is about to look; who did sees an auditor's session, and each person
                # their own of the last hour
                "reads",
                "ended_people",  # whose sessions an operator ended, in a reader's role
            ),
            READ,
        ),
    },
    "receipts": {"receipts": READ},
    "matcher": {"leaves": READ},  # whose each leaf is, and if it is shielded; no more of a child
    "auditor": dict.fromkeys(
        (
            *("partition_state", "alert_transitions", "alerts", "erased_places"),
            *("reads", "sealed_reads", "deliveries", "sealed_deliveries", "checkpoints"),
            *("actions", "standings", "sealed_actions", "delivery_states", "notifier_state"),
            *("exports", "sealed_exports", "searches", "sealed_searches"),
            *("sign_ins", "sealed_sign_ins"),
            *("break_glass_reviews", "sealed_break_glass_reviews"),
        ),
        READ,
    ),
    "sealer": {
        **dict.fromkeys(
            ("partition_state", "alert_transitions", "reads", "erased_places", "deliveries"), READ
        ),
        **dict.fromkeys(("actions", "exports", "searches", "sign_ins"), READ),
        # Of a look without a known need it sees whose it was and why, and not what they wrote.
        **dict.fromkeys(("break_glass", "break_glass_reviews"), READ),
        "sealed_break_glass_reviews": ADD,
        **dict.fromkeys(("sealed_reads", "sealed_deliveries", "sealed_actions"), ADD),
        **dict.fromkeys(
            ("sealed_exports", "sealed_searches", "sealed_sign_ins", "checkpoints"), ADD
        ),
    },
    "notifier": {
        "deliveries": ADD,
        **dict.fromkeys(("delivery_states", "notifier_state"), KEEP),
        # Of these it sees which alerts are open and critical, or of an erased child; no child.
        **dict.fromkeys(("alerts", "erased_places"), READ),
    },
}
OF_THE_KEYS: Mapping[str, Mapping[str, str]] = {
    "intake": {"leaf_keys": ADD, "master_keys": READ},  # which of them may wrap no key any more
    "join": {"leaf_keys": READ},
    "reader": {"leaf_keys": READ},
    "dashboard": {"leaf_keys": READ},
    "auditor": {"leaf_keys": READ},
    "matcher": {"leaf_keys": READ},
    "eraser": {"leaf_keys": READ},  # of a key it sees no more than its id, and writes only null
}
"""By role, then table; a relation that is not named is closed to it."""
