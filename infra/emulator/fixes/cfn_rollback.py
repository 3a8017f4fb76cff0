"""What the rollback of a creation could not delete stays in the stack.

AWS ("Stack status codes", CloudFormation User Guide; ListStackResources, API reference):
ROLLBACK_FAILED means that something was not removed after a failed creation. The stack goes on
listing it, in DELETE_FAILED with the reason, and its deletion tries again.

MiniStack 1.5.33 forgets it: the stack lists nothing, and its deletion "succeeds" past what is there.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks
from settings import Settings


def apply(settings: Settings) -> None:
    """Put the records back that the rollback drops."""
    roll_back = stacks._roll_back_operation

    async def roll_back_and_keep(name: str, stack_id: str, stack: dict[str, Any], *rest: Any, **options: Any) -> None:
        records = dict(stack.get("_resources", {}))
        await roll_back(name, stack_id, stack, *rest, **options)
        if stack["StackStatus"] != "ROLLBACK_FAILED":
            return
        failures = {event["LogicalResourceId"]: event for event in cloudformation._stack_events[stack_id]
                    if event["ResourceStatus"] == "DELETE_FAILED"}
        for logical_id in stack["_rollback_failed"]:
            told = failures[logical_id]
            stack["_resources"][logical_id] = records[logical_id] | {
                key: told[key] for key in ("ResourceStatus", "ResourceStatusReason", "Timestamp")}

    for module in (stacks, handlers):
        module._roll_back_operation = roll_back_and_keep
