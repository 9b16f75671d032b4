"""Asks the process of a container whether it is ready: ``python -m joinedup.watched.ask``.

Loads next to nothing, because a container's health is asked every few seconds.
"""

from __future__ import annotations

import http.client
import os
import sys

_SECONDS = 4


def _connection(port: int) -> http.client.HTTPConnection:
    """Return a connection to our own process, over TLS where it was told to speak it."""
    if not os.environ.get("JOINEDUP_METRICS_TLS"):
        return http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    import ssl  # costs a third of what all of this does

    trusting = ssl.create_default_context(cafile=os.environ.get("JOINEDUP_KAFKA_CA_FILE"))
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=_SECONDS, context=trusting)


def main() -> int:
    """Print what the process says of itself; return 0 where it is ready, else 1."""
    port = int(os.environ.get("JOINEDUP_METRICS_PORT", "9100"))
    try:
        asked = _connection(port)
        asked.request("GET", "/ready")
        answer = asked.getresponse()
        print(answer.read().decode().strip())
    except (OSError, http.client.HTTPException) as fault:
        said = getattr(fault, "strerror", None) or fault
        print(f"Nothing answers on port {port}: {said}.")
        return 1
    return 0 if answer.status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main())
