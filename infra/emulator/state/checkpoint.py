"""When the state is saved: soon after something changed, in a forked child.

The fork freezes the whole memory at one instant between two requests and costs the server a
few milliseconds; encoding and writing then happen beside it, on the other core.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from settings import SAVE_SECONDS

from state import snapshot
from state.store import Store

# A change is on disk about this long after it: bursts (a stack makes dozens) are saved once.
QUIET_SECONDS = 0.2
# What every call of a function leaves behind (log lines, metrics) may wait longer.
LATER_SECONDS = 5.0
# A child that takes so long is told of; after SAVE_SECONDS it must have met a lock that was held while it was
# forked, and is ended.
SLOW_SECONDS = 5.0
LAST_TRIES = 3


@dataclass
class Checkpoints:
    """Saves the state of this process into a store, one save at a time."""

    store: Store
    services: dict[str, list[str]]
    lock: int  # the folder's: a child holds it too, so that nobody reads what it is still writing
    saved: str = ""
    problem: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _later: bool = False
    _open: int = 0
    _child: asyncio.Future[dict[str, Any]] | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    def changed(self) -> None:
        """Something changed: save soon. May be called from any thread."""
        if self._loop is not None and not self._changed.is_set():
            self._loop.call_soon_threadsafe(self._changed.set)

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """While it is open something may change; then it is saved."""
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            self.changed()

    @property
    def pending(self) -> bool:
        """Whether a change is not saved yet (log lines and metrics left out)."""
        return self._open > 0 or self._changed.is_set() or (self._child is not None and not self._child.done())

    def changed_a_little(self) -> None:
        """Something changed whose loss would hardly be noticed: save within seconds."""
        if self._loop is not None and not self._later:
            self._later = True
            self._loop.call_soon_threadsafe(self._loop.call_later, LATER_SECONDS, self._changed.set)

    async def run(self) -> None:
        """Save after every change until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._changed.wait()
            await asyncio.sleep(QUIET_SECONDS)
            self._later = False
            started = time.monotonic()
            if not await self.save():
                await asyncio.sleep(1)
            # With a large state the saves would follow each other without a pause.
            await asyncio.sleep(time.monotonic() - started)

    async def save(self) -> bool:
        """Save now. A failure is kept in `problem` and said once, and the state before it stays."""
        answer = await self._in_a_child()
        if "error" in answer:
            self._tell(str(answer["error"]))
            self.changed()
            return False
        self.problem = ""
        self.saved = str(answer["saved"])
        self.services = dict(answer["services"])
        return True

    async def save_last(self) -> bool:
        """Save before the end, trying again where that fails."""
        for _ in range(LAST_TRIES - 1):
            if await self.save():
                return True
            await asyncio.sleep(0.5)
        return await self.save()

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            snapshot.logger.error("The state of the local AWS was not saved: %s", problem)
        self.problem = problem

    async def _in_a_child(self) -> dict[str, Any]:
        while self._child is not None and not self._child.done():
            await asyncio.wait([self._child])  # it goes on when who waited for it was cancelled
        self._changed.clear()  # what changes from here on is for the next one
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _write_state(self.store, self.services, writing, self.lock)
        os.close(writing)
        self._child = asyncio.ensure_future(asyncio.to_thread(_await_child, child, reading))
        await asyncio.wait([self._child], timeout=SLOW_SECONDS)
        if not self._child.done():
            self._tell(f"not yet, saving takes longer than {SLOW_SECONDS:g} s")
        return await asyncio.shield(self._child)


def _write_state(store: Store, services: dict[str, list[str]], answer_to: int, lock: int) -> None:
    """The child's whole life. It prints nothing and takes no lock: other threads are gone."""
    code = 1
    try:
        _close_everything_but(answer_to, lock)
        signal.alarm(SAVE_SECONDS)
        try:
            manifest = snapshot.save(store, services)
            answer: dict[str, Any] = {"saved": snapshot.describe(manifest), "services": manifest.services}
            code = 0
        except Exception as error:
            answer = {"error": str(error)}
        os.write(answer_to, json.dumps(answer).encode())
    finally:
        os._exit(code)


def _close_everything_but(*kept: int) -> None:
    """Give up the listening socket and the clients' connections: they are the parent's."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    first = 3
    for last in (*sorted(kept), min(os.sysconf("SC_OPEN_MAX"), 65536)):
        os.closerange(first, last)
        first = last + 1


def _await_child(child: int, reading: int) -> dict[str, Any]:
    with open(reading, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    try:
        return dict(json.loads(text))
    except ValueError:
        return {"error": f"the saving process ended with {os.waitstatus_to_exitcode(status)}"}
