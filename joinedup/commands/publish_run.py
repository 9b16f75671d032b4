"""A run of publishing files: begun, or gone on with where an earlier one was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from joinedup.commands.speaking import WRONG, fail
from producers.delivery import Delivery
from producers.memory import Memory, MemoryInUse, Run, memory_file
from producers.settings import PublisherSettings
from producers.speakers import speakers_of


def has_sent(folder: Path, la: str) -> bool:
    """Return whether anything is remembered that was sent for this authority."""
    return any(folder.glob(f"{la}-*.sqlite"))


@contextmanager
def opened(folder: Path, settings: PublisherSettings, delivery: Delivery) -> Iterator[Memory]:
    """Yield the memory of this source, authority and topic set."""
    source, la = delivery.context.source, delivery.context.local_authority
    speaker = speakers_of(settings).speaker(source.organisation, source.system)
    if speaker is None:
        fail("The sources file does not have this source: see --organisation and --system.", WRONG)
    topics = f"{settings.kafka_bootstrap} {settings.topic_prefix}"
    file = memory_file(folder, la, source.organisation, source.system, topics)
    try:
        memory = Memory(file, speaker.key)
    except (MemoryInUse, OSError) as fault:
        fail(str(fault) if isinstance(fault, MemoryInUse) else _UNWRITABLE, WRONG)
    with memory:
        yield memory


def begun(
    memory: Memory, delivery: Delivery, extracted_at: datetime | None, *, afresh: bool
) -> Run:
    """Return the run of these files, and say so where it was begun before."""
    context = delivery.context
    options = (delivery.form.name, str(context.scope), str(context.opaque_upn), delivery.mode)
    now = datetime.now(UTC)
    run = memory.begin(delivery.files, options, extracted_at, now, afresh=afresh)
    if run.resumed:
        moment = run.extracted_at.isoformat(timespec="seconds")
        typer.echo(f"Going on with the run of {moment}, which was cut off.")
    return run


def declaring(delivery: Delivery, memory: Memory) -> Delivery:
    """Return the delivery with the types of this source's earlier ones, where it joins.

    Joining anew replaces what was declared before. A file that happens to hold none of some type,
    or is of another format, must not end the watch over what its source sends besides.
    """
    if not delivery.joins:
        return delivery
    return replace(delivery, also=memory.declare(delivery.form.types_in(delivery.files)))


def gone_on(delivery: Delivery, run: Run, settings: PublisherSettings) -> Delivery:
    """Return the delivery with the moments of its run: so its events are the same as before."""
    context = replace(delivery.context, extracted_at=run.extracted_at, recorded_at=run.recorded_at)
    timestamp = run.recorded_at if settings.simulated else None
    return replace(delivery, context=context, timestamp=timestamp)


_UNWRITABLE = "The memory cannot be kept there: give --memory a folder that can be written."
