"""The evidence taken out and checked as an auditor does, with nothing but a public key."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from consumers.audit.checkpoint import DELIVERIES, TRANSITIONS
from consumers.audit.evidence import export, file_of
from consumers.audit.verifying import Finding, verify
from consumers.signing import Signer
from tests.faults.pipeline import Pipeline


def findings(pipeline: Pipeline) -> list[Finding]:
    """Let the sealer come to its end, and return all that is not as it was, or not sealed.

    The other processes must have ended.
    """
    pipeline.start("sealer", "--until-end")
    pipeline.until(lambda: pipeline.has_finished("sealer"), "the sealer to come to its end")
    environment = pipeline.environment("sealer")
    signer = Signer(bytes.fromhex(environment["JOINEDUP_SIGNING_KEY"]))
    with TemporaryDirectory() as root:
        folder = Path(root) / "evidence"
        written = export(environment["JOINEDUP_DATABASE_URL"], folder, None, signer)
        found = verify(folder, signer.public_key)
    rows = {name: pipeline.number(f"SELECT count(*) FROM {name}") for name in _TABLES}
    exported = {name: written.rows[file_of(chain)] for name, chain in _TABLES.items()}
    assert exported == rows, (exported, rows)
    return found.findings


_TABLES = {"alert_transitions": TRANSITIONS, "deliveries": DELIVERIES}
"""The chains of a run, and the tables whose every row must be in them."""
