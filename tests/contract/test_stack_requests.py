"""What CloudFormation refuses before it makes anything."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import CAPABILITIES, Stacks, refusal, request

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}
NAMED_ROLE: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {
    "RoleName": "contract-never-made", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}
NEVER: dict[str, Any] = {"Never": {"Fn::Equals": ["a", "b"]}}


def optional(resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A change of the template: a queue whose condition is false, and these resources beside it."""
    made = {"Queue": QUEUE, "Optional": {**QUEUE, "Condition": "Never"}, **resources}
    return {"template": {"Conditions": NEVER, "Resources": made, **sections}}


@pytest.mark.fix("cfn-checks")
@pytest.mark.parametrize(("change", "text"), [
    ({"parameters": {"Nope": "1"}}, "Parameters: [Nope] do not exist in the template"),
    ({"template": {"Parameters": {"A": {"Type": "String"}}}}, "Parameters: [A] must have values"),
    ({"template": {"Resources": {}}}, "Template format error: At least one Resources member must be defined."),
    ({"template": {"Outputs": {"O": {"Value": {"Ref": "Ghost"}}}}},
     "Unresolved resource dependencies [Ghost] in the Outputs block of the template"),
    ({"template": {"Resources": {"Q": {**QUEUE, "DependsOn": "Ghost"}}}},
     "Unresolved resource dependencies [Ghost] in the Resources block of the template"),
    (optional({"Q": {**QUEUE, "Properties": {"Tags": [{"Key": "a", "Value": {"Ref": "Optional"}}]}}}),
     "Unresolved resource dependencies [Optional] in the Resources block of the template"),
    (optional({"Q": {**QUEUE, "DependsOn": "Optional"}}),
     "Unresolved resource dependencies [Optional] in the Resources block of the template"),
    (optional({}, Outputs={"O": {"Value": {"Fn::GetAtt": ["Optional", "Arn"]}}}),
     "Unresolved resource dependencies [Optional] in the Outputs block of the template"),
    ({"template": {"Resources": {"Q": {**QUEUE, "Condition": "Nope"}}}},
     "Template format error: Unresolved condition dependency Nope in the Resources block of the template"),
    ({"template": {"Outputs": {"O": {"Value": {"Fn::If": ["Nope", "a", "b"]}}}}},
     "Template error: unresolved condition dependency Nope in Fn::If"),
    ({"template": {"Conditions": {"C": {"Fn::Equals": [{"Ref": "Ghost"}, "a"]}}}},
     "Unresolved dependencies [Ghost]. Cannot reference resources in the Conditions block of the template"),
    ({"template": {"Conditions": {"C": {"Fn::Not": [{"Condition": "Nope"}]}}}},
     "Unresolved condition dependencies [Nope] in the Conditions block of the template"),
    ({"template": {"Resources": {"A": {**QUEUE, "DependsOn": "B"}, "B": {**QUEUE, "DependsOn": "A"}, "C": QUEUE}}},
     "Circular dependency between resources: [A, B]"),
])
def test_what_cannot_work_is_refused_at_once(stacks: Stacks, change: dict[str, Any], text: str) -> None:
    template = {"Resources": {"Queue": QUEUE}, **change.get("template", {})}
    asked = request(template, change.get("parameters"))
    code, told = refusal(stacks.api.create_stack, StackName=stacks.name("refused"), **asked)
    assert code == "ValidationError"
    assert text in told


@pytest.mark.fix("cfn-checks")
def test_iam_resources_must_be_acknowledged(stacks: Stacks) -> None:
    asked = {**request({"Resources": {"Role": NAMED_ROLE}}), "Capabilities": CAPABILITIES[:1]}
    refused = refusal(stacks.api.create_stack, StackName=stacks.name("refused"), **asked)
    assert refused == ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")


def test_a_branch_not_taken_may_name_what_is_not_made(stacks: Stacks) -> None:
    choice = {"Fn::If": ["Never", {"Ref": "Optional"}, "nothing"]}
    output = {"Value": {"Ref": "Optional"}, "Condition": "Never"}
    template = optional({}, Outputs={"Chosen": {"Value": choice}, "Left": output})["template"]
    assert stacks.outputs(stacks.create(template)) == {"Chosen": "nothing"}
