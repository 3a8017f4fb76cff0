"""A template whose outputs alone changed can be deployed.

AWS ("Update your stacks using change sets", CloudFormation User Guide; CreateChangeSet, API
reference): only information without any change makes the change set fail; one that changes
outputs has no resource changes, and can be executed.

MiniStack 1.5.33 looks at resources only and calls it empty.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from settings import Settings
from stack_requests import Answer, Parameters, given, named_stack


def apply(settings: Settings) -> None:
    """Look at the outputs when a change set was found empty."""
    original = cloudformation._ACTION_HANDLERS["CreateChangeSet"]

    def create_change_set(params: Parameters) -> Answer:
        answer: Answer = original(params)
        stack = named_stack(params)
        for change_set in cloudformation._change_sets.values():
            if (stack and change_set["ChangeSetName"] == given(params, "ChangeSetName")
                    and change_set["StackId"] == stack["StackId"] and _changes_outputs(change_set, stack)):
                change_set.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")
        return answer

    cloudformation._ACTION_HANDLERS["CreateChangeSet"] = create_change_set


def _changes_outputs(change_set: dict[str, Any], stack: dict[str, Any]) -> bool:
    if change_set["Status"] != "FAILED" or "didn't contain changes" not in change_set["StatusReason"]:
        return False
    before = (stack.get("_template") or {}).get("Outputs") or {}
    return bool((change_set["_template"].get("Outputs") or {}) != before)
