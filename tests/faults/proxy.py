"""Stands between a client and a server on loopback: passes, delays, holds back or cuts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

HOST = "127.0.0.1"
BLOCK = 64 * 1024
T = TypeVar("T")


class Proxy:
    """Forwards every connection on one loopback port to another; runs in a thread of its own.

    listen: the port of ours. to: the server's. Use as a context manager.
    """

    def __init__(self, listen: int, to: int) -> None:
        self._listen = listen
        self._to = to
        self._delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.mend()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.cut()
        self._call(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._call(self._cut())

    def drop(self) -> None:
        """End every connection; new ones are welcome."""
        self._call(self._drop())

    def hold(self) -> None:
        """Let nothing through, and tell nobody: as a network that swallows packets."""
        self.delay(float("inf"))

    def delay(self, seconds: float) -> None:
        """Let each block of bytes wait for so long, from now on."""
        self._loop.call_soon_threadsafe(setattr, self, "_delay", seconds)

    def mend(self) -> None:
        """Pass everything at once; what was held back goes on."""
        self.delay(0.0)
        self._call(self._open())

    async def _open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, self._listen)

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._drop()

    async def _drop(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _finish(self) -> None:
        ours = asyncio.all_tasks() - {asyncio.current_task()}
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, on = await asyncio.open_connection(HOST, self._to)
        except OSError:
            back.transport.abort()
            return
        self._writers |= {back, on}
        try:
            await asyncio.gather(self._pass(near, on), self._pass(far, back))
        finally:
            self._writers -= {back, on}

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while block := await source.read(BLOCK):
                await self._wait()
                sink.write(block)
                await sink.drain()
        sink.close()

    async def _wait(self) -> None:
        waited = 0.0
        while waited < self._delay:
            await asyncio.sleep(0.01)
            waited += 0.01

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
