"""A stack's events tell what happened to each resource, and only that.

AWS ("View CloudFormation stack events", "Stack status codes", User Guide): an update has events
for what it changes; what it adds has CREATE_ events, what it removes DELETE_ events, in the
phase UPDATE_COMPLETE_CLEANUP_IN_PROGRESS that every update passes; a creation says when the
resource got its physical id ("Resource creation Initiated").

MiniStack 1.5.33 reports every resource as updated, new and unchanged ones too, is silent about
removed ones, and never cleans up visibly.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks
from operations import Operation, running, watched
from settings import Settings
from stack_requests import STACK

import fixes

INITIATED = "Resource creation Initiated"
CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def apply(settings: Settings) -> None:
    """Put a narrator between the engine and the events."""
    add = stacks._add_event

    def add_event(stack_id: str, stack_name: str, logical_id: str, kind: str, status: str,
                  reason: str = "", physical_id: str = "", detailed_status: str = "") -> None:
        fixes.changed()
        event = (stack_id, stack_name, logical_id, kind, status, reason, physical_id, detailed_status)
        operation = running(stack_id)
        for told in _retold(operation, event) if operation else [event]:
            add(*told)

    for module in (stacks, changesets, handlers):
        module._add_event = add_event
    _wrap_changes(add_event)
    deploy = watched(stacks._deploy_stack_async, _settle_records)
    for module in (stacks, changesets, handlers):
        module._deploy_stack_async = deploy


Event = tuple[str, str, str, str, str, str, str, str]


def _retold(operation: Operation, event: Event) -> list[Event]:
    """What is told instead of one event of the engine, oldest first; an event may be held back."""
    stack_id, name, logical_id, kind, status, reason, physical_id, detail = event
    if kind == STACK and logical_id == name:
        ends = status == "UPDATE_COMPLETE" and not operation.cleaning
        return [*([_stack_event(event, CLEANUP)] if ends else []), event]
    if status.startswith("IMPORT_") or logical_id in operation.adopted:
        operation.adopted.add(logical_id)
        return [event]
    new = logical_id not in operation.previous
    if status == "DELETE_SKIPPED" and operation.is_update and not operation.cleaning and not operation.rolling_back:
        operation.cleaning = True
        return [_stack_event(event, CLEANUP), event]
    if new and status.startswith(("UPDATE_", "CREATE_")):
        told = (stack_id, name, logical_id, kind, status.replace("UPDATE_", "CREATE_"), reason, physical_id, detail)
        if told[4] == "CREATE_COMPLETE":
            return [(*told[:4], "CREATE_IN_PROGRESS", INITIATED, physical_id, ""), told]
        return [told]
    if status == "UPDATE_IN_PROGRESS":
        return _begun(operation, logical_id, event)
    if status == "UPDATE_COMPLETE" and operation.held.pop(logical_id, None):
        operation.unchanged.add(logical_id)
        return []
    return [*operation.released(logical_id), event]


def _begun(operation: Operation, logical_id: str, event: Event) -> list[Event]:
    """Whether a resource changes is known only when the engine calls for its update."""
    if not event[5] and logical_id not in operation.changing:
        operation.held[logical_id] = event
        return []
    operation.held.pop(logical_id, None)
    operation.changing.add(logical_id)
    return [event]


def _stack_event(event: Event, status: str) -> Event:
    stack_id, name = event[:2]
    return (stack_id, name, name, STACK, status, "", stack_id, "")


def _wrap_changes(add_event: Any) -> None:
    update, delete = stacks._update_resource, stacks._delete_resource

    def update_resource(kind: str, physical_id: str, old: Any, new: Any, name: str, logical_id: str, *rest: Any) -> Any:
        operation = running(_stack_id(name))
        if operation and old != new:
            operation.changing.add(logical_id)
            if operation.released(logical_id):
                add_event(operation.stack["StackId"], name, logical_id, kind, "UPDATE_IN_PROGRESS",
                          physical_id=physical_id)
        return update(kind, physical_id, old, new, name, logical_id, *rest)

    def delete_resource(kind: str, physical_id: str, properties: Any, name: str = "", logical_id: str = "") -> Any:
        operation = running(_stack_id(name))
        if not operation or not operation.is_update or operation.rolling_back:
            return delete(kind, physical_id, properties, name, logical_id)
        stack = cloudformation._stacks[name]
        if not operation.cleaning:
            operation.cleaning, stack["StackStatus"] = True, CLEANUP
            add_event(stack["StackId"], name, name, STACK, CLEANUP, physical_id=stack["StackId"])
        add_event(stack["StackId"], name, logical_id, kind, "DELETE_IN_PROGRESS", physical_id=physical_id)
        answer = delete(kind, physical_id, properties, name, logical_id)
        add_event(stack["StackId"], name, logical_id, kind, "DELETE_COMPLETE", physical_id=physical_id)
        return answer

    stacks._update_resource, stacks._delete_resource = update_resource, delete_resource


def _stack_id(name: str) -> str:
    stack_id: str = (cloudformation._stacks.get(name) or {}).get("StackId", "")
    return stack_id


def _settle_records(stack: dict[str, Any], operation: Operation) -> None:
    """ListStackResources says the same as the events: what did not change keeps its status."""
    for logical_id, record in stack.get("_resources", {}).items():
        before = operation.previous.get(logical_id)
        if before is None and logical_id not in operation.adopted:
            record["ResourceStatus"] = record["ResourceStatus"].replace("UPDATE_", "CREATE_")
        elif before is not None and logical_id in operation.unchanged:
            record["ResourceStatus"] = before.get("ResourceStatus", record["ResourceStatus"])
            record["Timestamp"] = before.get("Timestamp", now_iso())
