"""A bound on function processes: calls beyond it wait for their turn.

AWS runs each concurrent call in an environment of its own, on as many machines as it takes
("Understanding Lambda function scaling", Lambda Developer Guide). One laptop cannot: with
MiniStack 1.5.33, which knows no bound, 20 requests a second made 73 processes. Here a call
waits until a process is free, which its caller sees as a slow answer and not as a failure.
"""

from __future__ import annotations

from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from sandbox.slots import Slots
from settings import Settings


def apply(settings: Settings) -> None:
    """Put the bound around leasing and returning a process."""
    slots = Slots(settings.workers)
    original, original_release = lambda_runtime.acquire_worker, lambda_runtime.release_worker

    def acquire_worker(*args: Any, **options: Any) -> Any:
        return slots.acquire(original, *args, **options)

    def release_worker(worker: Any) -> None:
        original_release(worker)
        slots.released()

    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker, module.release_worker = acquire_worker, release_worker
