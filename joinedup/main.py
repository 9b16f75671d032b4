"""The ``joinedup`` command: every group of commands mounted on one Typer app."""

from __future__ import annotations

import typer

from joinedup.commands import (
    agreements,
    archive,
    audit,
    backup,
    bench,
    calendars,
    conformance,
    dashboard,
    deliveries,
    demo,
    disks,
    erase,
    freshness,
    gateway,
    hold,
    identity,
    master_key,
    outbox,
    parked,
    ping,
    protection,
    providers,
    publish,
    read,
    receipt,
    recipients,
    replay,
    retention,
    reviews,
    rules,
    run,
    sharing,
    sign_out,
    sources,
    stack,
    untouched,
)

app = typer.Typer(
    name="joinedup",
    help="Joins education, health and social-care events per child and tells what is missing.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold secrets or a child's record
)

for group in (
    demo,
    stack,
    sources,
    agreements,
    publish,
    gateway,
    receipt,
    ping,
    outbox,
    conformance,
    run,
    read,
    freshness,
    deliveries,
    recipients,
    dashboard,
    sign_out,
    untouched,
    identity,
    providers,
    sharing,
    parked,
    reviews,
    rules,
    calendars,
    erase,
    hold,
    retention,
    protection,
    backup,
    master_key,
    disks,
    replay,
    archive,
    audit,
    bench,
):
    group.register(app)


if __name__ == "__main__":
    app()
