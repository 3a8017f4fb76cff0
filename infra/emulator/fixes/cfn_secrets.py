"""A NoEcho parameter's value is never shown.

AWS ("Parameters section", `NoEcho`, CloudFormation User Guide): the value is masked as asterisks
by every call that describes the stack or its events.

MiniStack 1.5.33 masks it in DescribeStacks and shows it in DescribeChangeSet.
"""

from __future__ import annotations

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets
from settings import Settings
from stack_requests import Answer, Parameters, given

MASK = "****"


def apply(settings: Settings) -> None:
    """Mask the values once the change set is made; it is executed from its own copy of them."""
    original = cloudformation._ACTION_HANDLERS["DescribeChangeSet"]

    def describe_change_set(params: Parameters) -> Answer:
        _, change_set = changesets._find_change_set(given(params, "ChangeSetName"), given(params, "StackName"))
        resolved = (change_set or {}).get("_resolved_params", {})
        for parameter in (change_set or {}).get("Parameters", []):
            if resolved.get(parameter["ParameterKey"], {}).get("NoEcho"):
                parameter["ParameterValue"] = MASK
        answer: Answer = original(params)
        return answer

    cloudformation._ACTION_HANDLERS["DescribeChangeSet"] = describe_change_set
