"""The HTTP gateway as a process that may die between two steps.

Run as ``python -m tests.faults.serving 8322``: on this port of loopback.
"""

from __future__ import annotations

import sys

import uvicorn

from gateway.settings import GatewaySettings
from joinedup.commands.gateway import built
from joinedup.commands.process_log import log_to_stderr
from tests.integration.process import fail_point


def main() -> None:
    """Serve until told to stop."""
    log_to_stderr(False)
    app = built(GatewaySettings.model_validate({}), fail_point())
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
