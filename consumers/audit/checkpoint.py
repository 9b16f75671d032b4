"""Checkpoints: the head of a chain, signed, so that nothing before it can be changed unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from consumers.signing import Signer, is_signed

CHECKPOINT = "joinedup.audit.Checkpoint"
TRANSITIONS, READS, DELIVERIES = "transitions", "reads", "deliveries"
ACTIONS, EXPORTS, SEARCHES = "actions", "exports", "searches"
GLASS_REVIEWS, SIGN_INS = "break_glass_reviews", "sign_ins"
CHAINS = (TRANSITIONS, READS, DELIVERIES, ACTIONS, EXPORTS, SEARCHES, GLASS_REVIEWS, SIGN_INS)
"""In the order in which they are exported and checked."""
NOT_SIGNED = "the checkpoint was not signed so"
NO_ROW = "there is no such row"
OTHER_ROW = "the row is another than was signed"


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The head of one chain of one local authority.

    chain: one of ``CHAINS``. number: of the last row: the partition's sequence of a transition,
    else the authority's number. at: ms since 1970 UTC, by the sealer's clock. signature: hex, over
    all the other fields.
    """

    chain: str
    local_authority: str
    number: int
    head: str
    at: int
    signature: str = ""

    def signed(self, signer: Signer) -> Checkpoint:
        """Return the checkpoint with its signature."""
        return msgspec.structs.replace(self, signature=signer.sign(self._content()).hex())

    def is_genuine(self, public_key: bytes) -> bool:
        """Return whether the holder of the private key signed just this."""
        try:
            signature = bytes.fromhex(self.signature)
        except ValueError:
            return False
        return is_signed(self._content(), signature, public_key)

    def fault(self, head: str | None, public_key: bytes) -> str | None:
        """Return what is wrong with it, or with the row that it names; None where nothing is.

        head: the chain value of that row as it stands, None where there is no such row.
        """
        if not self.is_genuine(public_key):
            return NOT_SIGNED
        if head is None:
            return NO_ROW
        return None if head == self.head else OTHER_ROW

    def record(self) -> dict[str, Any]:
        """Return the checkpoint as its schema has it."""
        moment = datetime.fromtimestamp(self.at / 1000, UTC)
        return {**msgspec.structs.asdict(self), "at": moment}

    def _content(self) -> bytes:
        fields = msgspec.structs.asdict(self)
        del fields["signature"]
        return msgspec.json.encode(fields, order="sorted")
