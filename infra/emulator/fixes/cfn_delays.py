"""Operations take time, and a stack that is deleted while it is made stops being made.

On AWS a resource takes seconds to minutes, so the states in between are what a user mostly
sees. MiniStack 1.5.33 makes a stack of 25 resources within one turn of its loop. With
`--delay MS` or `--delay TYPE=MS` each creation, change and deletion takes that long, on a thread
of its own; other requests are served meanwhile.

AWS (DeleteStack, API reference; "Delete a stack", User Guide): a stack that is being created can
be deleted. MiniStack then goes on creating beside the deletion.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks
from operations import TO_BE_DELETED, running
from settings import Settings

CANCELLED = "Resource creation cancelled"


class Cancelled(RuntimeError):
    """The stack is to be deleted: nothing more is made of it."""


def apply(settings: Settings) -> None:
    """Slow the engine down by type, and let a deletion wait for the creation it ends."""
    _slow_down(settings.delays_ms)
    _wrap_delete()


def _slow_down(delays_ms: dict[str, int]) -> None:
    on_thread = stacks._runs_on_worker_thread
    provision, update, delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def wait(kind: str) -> None:
        time.sleep(delays_ms.get(kind, delays_ms.get("*", 0)) / 1000)

    def slow_provision(kind: str, logical_id: str, properties: Any, name: str) -> Any:
        if (cloudformation._stacks.get(name) or {}).get(TO_BE_DELETED):
            raise Cancelled(CANCELLED)
        wait(kind)
        return provision(kind, logical_id, properties, name)

    def slow_update(kind: str, physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
        if old != new:
            wait(kind)
        return update(kind, physical_id, old, new, *rest)

    def slow_delete(kind: str, *rest: Any, **options: Any) -> Any:
        wait(kind)
        return delete(kind, *rest, **options)

    stacks._runs_on_worker_thread = lambda kind: bool(kind in delays_ms or "*" in delays_ms or on_thread(kind))
    stacks._provision_resource, stacks._update_resource = slow_provision, slow_update
    stacks._delete_resource = slow_delete


def _wrap_delete() -> None:
    delete = stacks._delete_stack_async

    async def delete_after_creation(name: str, stack_id: str, *rest: Any, **options: Any) -> None:
        stack = cloudformation._stacks.get(name) or {}
        while running(stack_id) is not None:
            stack[TO_BE_DELETED] = True
            await asyncio.sleep(0.02)
        stack.pop(TO_BE_DELETED, None)
        await delete(name, stack_id, *rest, **options)

    for module in (stacks, handlers):
        module._delete_stack_async = delete_after_creation
