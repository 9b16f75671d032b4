"""Asks the process of a container whether it is ready: ``python -m joinedup.watched.ask``.

Loads next to nothing, because a container's health is asked every few seconds.
"""

from __future__ import annotations

import http.client
import os
import sys

_SECONDS = 4


def main() -> int:
    """Print what the process says of itself; return 0 where it is ready, else 1."""
    port = int(os.environ.get("JOINEDUP_METRICS_PORT", "9100"))
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        asked.request("GET", "/ready")
        answer = asked.getresponse()
        print(answer.read().decode().strip())
    except OSError as fault:
        print(f"Nothing answers on port {port}: {fault.strerror or fault}.")
        return 1
    return 0 if answer.status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main())
