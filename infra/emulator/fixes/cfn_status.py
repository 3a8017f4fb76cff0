"""Operations are refused in states that do not allow them, with AWS's words.

AWS ("Stack status codes", "Troubleshooting CloudFormation", User Guide; CreateChangeSet,
UpdateStack, API reference): one operation works on a stack at a time; a stack whose creation
failed can only be deleted; a change set of type CREATE is for a new stack or one in review.

MiniStack 1.5.33 checks this for UpdateStack alone: two executed change sets interleave and both
"succeed", and a stack in ROLLBACK_COMPLETE is updated or created again.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation.stacks import _stack_region_context
from settings import Settings
from stack_requests import Answer, Parameters, before, given, in_progress, named_stack, refuse

UPDATABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
             "IMPORT_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"}
# Stacks left with rollback disabled take a corrected template.
UPDATABLE_BY_CHANGE_SET = UPDATABLE | {"CREATE_FAILED", "UPDATE_FAILED"}


def apply(settings: Settings) -> None:
    """Put the checks before the operations."""
    before("CreateStack", _check_create)
    before("UpdateStack", _check_update)
    before("CreateChangeSet", _check_change_set)
    before("ExecuteChangeSet", _check_execution)
    before("DeleteStack", _check_delete)
    _keep_id_in_review()


def _cannot_update(stack: dict[str, Any]) -> Answer:
    return refuse(f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not be updated.")


def _check_create(params: Parameters) -> Answer | None:
    stack = named_stack(params)
    if stack is None:
        return None
    return refuse(f"Stack [{stack['StackName']}] already exists", "AlreadyExistsException")


def _check_update(params: Parameters) -> Answer | None:
    stack = named_stack(params)
    if stack is not None and stack["StackStatus"] not in UPDATABLE - {"REVIEW_IN_PROGRESS"}:
        return _cannot_update(stack)
    return None


def _check_change_set(params: Parameters) -> Answer | None:
    stack = named_stack(params)
    if stack is None:
        return None
    status, kind = stack["StackStatus"], given(params, "ChangeSetType") or "UPDATE"
    if kind == "CREATE" and status != "REVIEW_IN_PROGRESS":
        name = given(params, "ChangeSetName")
        return refuse(f"Stack [{stack['StackName']}] already exists and cannot be created again "
                      f"with the changeSet [{name}].")
    if kind == "UPDATE" and (status == "REVIEW_IN_PROGRESS" or status not in UPDATABLE_BY_CHANGE_SET):
        return _cannot_update(stack)
    return None


def _check_execution(params: Parameters) -> Answer | None:
    stack = named_stack(params)
    if stack is not None and stack["StackStatus"] not in UPDATABLE_BY_CHANGE_SET:
        return _cannot_update(stack)
    return None


def _check_delete(params: Parameters) -> Answer | None:
    stack = named_stack(params)
    if stack is None:
        return None
    status = stack["StackStatus"]
    if status == "DELETE_IN_PROGRESS":
        return 200, {"Content-Type": "text/xml"}, b"<DeleteStackResponse/>"
    if in_progress(status) and status.startswith(("UPDATE_", "IMPORT_")):
        return refuse(f"Stack [{stack['StackId']}] cannot be deleted while in status {status}")
    return None


def _keep_id_in_review() -> None:
    """A second change set of type CREATE belongs to the stack that is in review already."""
    original = cloudformation._ACTION_HANDLERS["CreateChangeSet"]

    def create_change_set(params: Parameters) -> Answer:
        stack = named_stack(params)
        if stack is None or given(params, "ChangeSetType") != "CREATE":
            answer: Answer = original(params)
            return answer
        stack_id, name = stack["StackId"], stack["StackName"]
        events = cloudformation._stack_events.get(stack_id)
        status, headers, body = original(params)
        with _stack_region_context(stack, stack_id):
            replaced = cloudformation._stacks.get(name) or {"StackId": stack_id}
            cloudformation._stack_events.pop(replaced["StackId"], None)
            cloudformation._stacks[name] = {**stack, "Tags": replaced.get("Tags", stack["Tags"])}
            cloudformation._stack_events[stack_id] = events or []
            for change_set in cloudformation._change_sets.values():
                if change_set["StackId"] == replaced["StackId"]:
                    change_set["StackId"] = stack_id
        return status, headers, body.replace(replaced["StackId"].encode(), stack_id.encode())

    cloudformation._ACTION_HANDLERS["CreateChangeSet"] = create_change_set
