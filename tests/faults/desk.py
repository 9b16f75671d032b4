"""The dashboard as a process that may die between two steps.

Run as ``python -m tests.faults.desk 8321``: on this port of loopback, with the password that its
environment names.
"""

from __future__ import annotations

import os
import sys

import uvicorn

from dashboard.settings import DashboardSettings
from joinedup.commands.dashboard import built, fetched
from joinedup.commands.dashboard_recording import ORGANISATION, SYSTEM, KafkaRecorder
from joinedup.commands.process_log import log_to_stderr
from producers.event import Source
from producers.publisher import Publisher
from producers.settings import read_settings
from tests.faults.lead import PASSWORD
from tests.faults.pipeline import CACHE
from tests.faults.proxy import HOST
from tests.faults.publishing import LAS
from tests.integration.process import fail_point


def main() -> None:
    """Serve until told to stop."""
    log_to_stderr(False)
    fail, authorities = fail_point(), list(LAS)
    publisher = Publisher(read_settings().model_copy(update={"delivery_seconds": 4.0}))
    recorder = KafkaRecorder(publisher, Source(ORGANISATION, SYSTEM), authorities, fail)
    settings = DashboardSettings.model_validate({})
    app, login = built(settings, fetched(CACHE, None), HOST, authorities, recorder, fail)
    login.password = os.environ[PASSWORD]
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
