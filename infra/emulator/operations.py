"""The CloudFormation operations under way, as the fixes follow them."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ministack.services import cloudformation

# Set in a stack's record while its deletion waits for the operation under way to end.
TO_BE_DELETED = "_to_be_deleted"


@dataclass
class Operation:
    """One creation or update of a stack. `previous` are the records of an updated stack's resources."""

    stack: dict[str, Any]
    is_update: bool
    previous: dict[str, Any]
    cleaning: bool = False
    held: dict[str, Any] = field(default_factory=dict)
    changing: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    adopted: set[str] = field(default_factory=set)

    @property
    def rolling_back(self) -> bool:
        """Whether it failed and is being undone."""
        return "ROLLBACK" in self.stack["StackStatus"]

    def released(self, logical_id: str) -> list[Any]:
        """The event held back for a resource, as a list, and no longer held."""
        event = self.held.pop(logical_id, None)
        return [event] if event else []


_running: dict[str, Operation] = {}


def running(stack_id: str) -> Operation | None:
    """The operation that works on a stack now."""
    return _running.get(stack_id)


def watched(deploy: Callable[..., Awaitable[None]], ended: Callable[[dict[str, Any], Operation], None]) -> Any:
    """The engine's deploy function, with its operation known while it runs."""
    signature = inspect.signature(deploy)

    async def watched_deploy(*arguments: Any, **options: Any) -> None:
        bound = signature.bind(*arguments, **options)
        bound.apply_defaults()
        name, stack_id = bound.arguments["stack_name"], bound.arguments["stack_id"]
        stack = cloudformation._stacks[name]
        previous = (bound.arguments["previous_stack"] or {}).get("_resources", {})
        operation = _running[stack_id] = Operation(stack, bound.arguments["is_update"], previous)
        try:
            await deploy(*arguments, **options)
        finally:
            del _running[stack_id]
            ended(stack, operation)
            if stack.get(TO_BE_DELETED):
                stack["StackStatus"] = "DELETE_IN_PROGRESS"  # nobody shall see how the rest of it ended

    return watched_deploy
