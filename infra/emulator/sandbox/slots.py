"""How many function processes may live at a time, and who waits."""

from __future__ import annotations

import threading
import time
from typing import Any

from ministack.core import lambda_runtime

# A call that waits longer gets a process of its own: it may be called by a function that
# holds one, and the two would wait for each other.
PATIENCE_SECONDS = 20.0


class Slots:
    """Bounds the processes of all functions together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._freed = threading.Condition()

    def acquire(self, original: Any, *args: Any, **options: Any) -> Any:
        """Lease a worker, waiting while all are busy and none may be ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._freed:
            while not self._room_for(*args, **options) and time.monotonic() < deadline:
                self._freed.wait(deadline - time.monotonic())
            leased = original(*args, **options)
        self._end_surplus()
        return leased

    def released(self) -> None:
        """A worker is free again."""
        with self._freed:
            self._freed.notify()

    def _room_for(self, name: str, config: dict[str, Any], code: bytes, qualifier: str = "$LATEST",
                  max_concurrency: int | None = None) -> bool:
        key = lambda_runtime._worker_key(name, config, qualifier)
        with lambda_runtime._lock:
            idle_already = any(not worker.in_use for worker in lambda_runtime._workers.get(key, []))
            busy = sum(worker.in_use for pool in lambda_runtime._workers.values() for worker in pool)
        return idle_already or busy < self._limit

    def _end_surplus(self) -> None:
        """End the processes that were idle longest, so that at most `limit` remain."""
        ended = []
        with lambda_runtime._lock:
            workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
            idle = sorted((worker for worker in workers if not worker.in_use), key=lambda worker: worker.last_used)
            for worker in idle[: max(0, len(workers) - self._limit)]:
                worker.in_use = True  # nobody may lease it any more
                ended.append(worker)
            for key, pool in list(lambda_runtime._workers.items()):
                pool[:] = [worker for worker in pool if worker not in ended]
                if not pool:
                    del lambda_runtime._workers[key]
        lambda_runtime.kill_workers(ended)
