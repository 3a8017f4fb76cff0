"""A stack's description has what is true of it now, and leaves out what is not.

AWS (Stack, API reference): LastUpdatedTime is returned only if the stack was updated at least
once; StackStatusReason belongs to the current status.

MiniStack 1.5.33 gives every stack an update time and keeps the reason of an old failure.
"""

from __future__ import annotations

from ministack.services import cloudformation
from settings import Settings
from stack_requests import Answer, Parameters, named_stack

EMPTY = (b"<StackStatusReason></StackStatusReason>", b"<LastUpdatedTime></LastUpdatedTime>")
# After these nothing of an earlier failure is left.
WELL = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


def apply(settings: Settings) -> None:
    """Change what creation records, and what a description shows."""
    create, describe = (cloudformation._ACTION_HANDLERS[name] for name in ("CreateStack", "DescribeStacks"))

    def create_stack(params: Parameters) -> Answer:
        answer: Answer = create(params)
        stack = named_stack(params)
        if answer[0] < 400 and stack is not None:
            stack.pop("LastUpdatedTime", None)
        return answer

    def describe_stacks(params: Parameters) -> Answer:
        for stack in cloudformation._stacks.values():
            if stack["StackStatus"] in WELL:
                stack["StackStatusReason"] = ""
        status, headers, body = describe(params)
        for tag in EMPTY:
            body = body.replace(tag, b"")
        return status, headers, body

    cloudformation._ACTION_HANDLERS |= {"CreateStack": create_stack, "DescribeStacks": describe_stacks}
