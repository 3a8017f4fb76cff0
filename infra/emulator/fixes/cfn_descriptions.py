"""A stack's description has what is true of it now, and leaves out what is not.

AWS (Stack, API reference): LastUpdatedTime is returned only if the stack was updated at least
once; StackStatusReason belongs to the current status; a nested stack names its direct parent
(ParentId) and the one all of it belongs to (RootId).

MiniStack 1.5.33 gives every stack an update time, keeps the reason of an old failure, and does
not tell a nested stack from another.
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
        return status, headers, _with_parents(body)

    cloudformation._ACTION_HANDLERS |= {"CreateStack": create_stack, "DescribeStacks": describe_stacks}


def _with_parents(body: bytes) -> bytes:
    for stack in cloudformation._stacks.values():
        if stack.get("ParentId"):
            tag = f"<StackId>{stack['StackId']}</StackId>"
            body = body.replace(tag.encode(), f"{tag}<ParentId>{stack['ParentId']}</ParentId>"
                                f"<RootId>{_root(stack['ParentId'])}</RootId>".encode())
    return body


def _root(stack_id: str) -> str:
    """The stack at the top of a nested one's parents."""
    parents = {stack["StackId"]: str(stack.get("ParentId") or "") for stack in cloudformation._stacks.values()}
    while parents.get(stack_id):
        stack_id = parents[stack_id]
    return stack_id
