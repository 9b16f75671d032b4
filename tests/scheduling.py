"""Which files of tests go to one worker, where ``make test`` runs several side by side."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/integration/oidc/",)
"""Folders whose files share what a session starts, such as a Keycloak.

Each worker is a session of its own, and would start it again.
"""


class ByShared(LoadFileScheduling):
    """File by file, as ``--dist loadfile`` has it, but for the folders that share something."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)
