"""Why intake refuses a record, in words for people, and what is to be done about it."""

from __future__ import annotations

from schemas.agreements import LAPSED, OUTSIDE

_SIGN = "Its team signs with the source’s own key (joinedup source add, renew), and sends it again."
CORRECT = "Its team corrects the record and sends it again, with a higher revision."
_ENCODE = "Its team sends it again with the publisher’s own library, by a registered schema."
REASONS = {
    "contract": ("A field breaks the contract", CORRECT),
    "wrong-topic": ("It came on another agency’s topic", "Its team sends it on its own topic."),
    "wrong-type": ("It is of a type that no source sends", "Its team sends what it may."),
    "unknown-source": ("No such source is registered", "Let it in: joinedup source add."),
    "no-signature": ("It is not signed", _SIGN),
    "wrong-signature": ("It is not signed with its source’s key", _SIGN),
    "not-entitled": (
        "The source may not speak for this authority or on this topic",
        "See for whom it may speak: joinedup source add.",
    ),
    "other-local-authority": ("It names another authority than its key", CORRECT),
    LAPSED: (
        "Its sharing agreement has lapsed",
        "Sign a new agreement and record it (joinedup agreements record), then have it sent again.",
    ),
    OUTSIDE: (
        "Its sharing agreement does not cover it",
        "Widen the agreement (joinedup agreements record), or stop sending it.",
    ),
    "empty": ("It is empty", _ENCODE),
    "not-framed": ("It names no schema", _ENCODE),
    "unknown-schema": ("Its schema is not registered", _ENCODE),
    "unknown-type": ("Its type is not known here", _ENCODE),
    "corrupt": ("It cannot be read", _ENCODE),
    "trailing-bytes": ("More follows where it should end", _ENCODE),
}
"""Each reason of a refusal in words, and what has to be done before it is sent again."""
