"""What the CloudFormation fixes share: reading requests, finding stacks, refusing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, helpers

Parameters = dict[str, Any]
Answer = tuple[int, dict[str, Any], bytes]
Check = Callable[[Parameters], Answer | None]
STACK = "AWS::CloudFormation::Stack"


def given(params: Parameters, name: str) -> str:
    """A request's parameter, "" when it is not there."""
    value: str = helpers._p(params, name)
    return value


def refuse(message: str, code: str = "ValidationError") -> Answer:
    """An error answer of CloudFormation."""
    answer: Answer = helpers._error(code, message)
    return answer


def named_stack(params: Parameters) -> dict[str, Any] | None:
    """The living stack that a request is about, by name or id, or through its change set."""
    name = given(params, "StackName")
    if not name and given(params, "ChangeSetName"):
        _, change_set = changesets._find_change_set(given(params, "ChangeSetName"))
        name = (change_set or {}).get("StackId", "")
    stack: dict[str, Any] | None = handlers._resolve_stack(name) if name else None
    return stack if stack and stack["StackStatus"] != "DELETE_COMPLETE" else None


def before(action: str, check: Check) -> None:
    """Have a check run before an operation; its answer, if it gives one, is the operation's."""
    original = cloudformation._ACTION_HANDLERS[action]

    def checked(params: Parameters) -> Answer:
        answer: Answer = check(params) or original(params)
        return answer

    cloudformation._ACTION_HANDLERS[action] = checked


def in_progress(status: str) -> bool:
    """Whether an operation works on a stack; a stack in review waits for its first change set."""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
