"""The outbox of an agency with PostgreSQL: what was committed is published."""

from producers.outbox.relay import OutboxBusy, OutboxRelay, Round, ddl

__all__ = ["OutboxBusy", "OutboxRelay", "Round", "ddl"]
