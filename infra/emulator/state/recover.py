"""Operations that the last run could not end are brought to an end a user can act on.

On AWS an operation goes on whatever happens to the caller. Here it ended with the process, so
a stack read back as "in progress" would stay so forever.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import now_iso, request_scope
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation.stacks import _add_event

# To what a stack left in the first state is set: always one from which CloudFormation offers
# a way on (delete it, or continue the rollback).
ENDED_AS = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}
REASON = "The local AWS was stopped during this operation."


def recover() -> list[str]:
    """Settle what was under way. Returns a notice for each stack."""
    for _, function in lambda_svc._functions.all_items():
        _settle_function(function)
    return [
        _settle_stack(account, region, stack)
        for (account, region, _), stack in cloudformation._stacks.all_items()
        if stack["StackStatus"] in ENDED_AS
    ]


def _settle_function(function: dict[str, Any]) -> None:
    for record in [function, *function.get("versions", {}).values()]:
        config = record.get("config", {})
        if config.get("State") == "Pending":
            config["State"] = "Active"
        if config.get("LastUpdateStatus") == "InProgress":
            config["LastUpdateStatus"] = "Successful"


def _settle_stack(account: str, region: str, stack: dict[str, Any]) -> str:
    before, after = stack["StackStatus"], ENDED_AS[stack["StackStatus"]]
    stack.update(StackStatus=after, StackStatusReason=REASON, LastUpdatedTime=now_iso())
    with request_scope(account, region):
        _add_event(stack["StackId"], stack["StackName"], stack["StackName"],
                   "AWS::CloudFormation::Stack", after, REASON, stack["StackId"])
    return f"stack {stack['StackName']} was {before} when the local AWS was stopped: now {after}"
