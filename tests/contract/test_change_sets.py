"""What change sets say, and when they may be made and executed."""

from __future__ import annotations

from typing import Any

import pytest
from cloud import unique
from stacks import Stacks, refusal

CONDITIONAL: dict[str, Any] = {
    "Parameters": {"Extra": {"Type": "String", "Default": "true", "AllowedValues": ["true", "false"]},
                   "Secret": {"Type": "String", "Default": "swordfish", "NoEcho": True}},
    "Conditions": {"HasExtra": {"Fn::Equals": [{"Ref": "Extra"}, "true"]}},
    "Resources": {
        "Always": {"Type": "AWS::SQS::Queue", "Properties": {
            "DelaySeconds": {"Fn::If": ["HasExtra", 5, {"Ref": "AWS::NoValue"}]}}},
        "Extra1": {"Type": "AWS::SQS::Queue", "Condition": "HasExtra"},
        "Extra2": {"Type": "AWS::SNS::Topic", "Condition": "HasExtra"},
    },
}


def actions(change_set: Any) -> dict[str, str]:
    return {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["Action"]
            for change in change_set["Changes"]}


@pytest.mark.fix("cfn-conditions")
def test_a_flipped_condition_removes_and_adds(stacks: Stacks) -> None:
    name = stacks.create(CONDITIONAL)
    off = stacks.change_set(name, CONDITIONAL, parameters={"Extra": "false"})
    assert actions(off) == {"Always": "Modify", "Extra1": "Remove", "Extra2": "Remove"}
    assert stacks.execute(off) == "UPDATE_COMPLETE"
    on = stacks.change_set(name, CONDITIONAL, parameters={"Extra": "true"})
    assert actions(on) == {"Always": "Modify", "Extra1": "Add", "Extra2": "Add"}


@pytest.mark.fix("cfn-conditions")
def test_a_new_stacks_set_lists_what_its_conditions_allow(stacks: Stacks) -> None:
    made = stacks.change_set(stacks.name("review"), CONDITIONAL, "CREATE", parameters={"Extra": "false"})
    assert actions(made) == {"Always": "Add"}


@pytest.mark.fix("cfn-secrets")
def test_a_secret_parameter_is_masked(stacks: Stacks) -> None:
    made = stacks.change_set(stacks.name("secret"), CONDITIONAL, "CREATE")
    values = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in made["Parameters"]}
    assert values == {"Extra": "true", "Secret": "****"}
    stacks.execute(made)
    assert "swordfish" not in str(stacks.stack(made["StackName"]))


@pytest.mark.fix("cfn-status")
def test_two_sets_for_a_new_stack_are_for_one_stack(stacks: Stacks) -> None:
    name = stacks.name("review")
    first, second = (stacks.change_set(name, CONDITIONAL, "CREATE") for _ in range(2))
    assert first["StackId"] == second["StackId"]
    assert stacks.execute(second) == "CREATE_COMPLETE"


@pytest.mark.fix("cfn-status")
def test_a_set_for_a_new_stack_needs_a_new_name(stacks: Stacks) -> None:
    name = stacks.create(CONDITIONAL)
    code, text = refusal(stacks.change_set, name=name, template=CONDITIONAL, kind="CREATE")
    assert code == "ValidationError"
    assert f"Stack [{name}] already exists and cannot be created again with the changeSet" in text


def test_an_empty_set_fails_with_its_reason(stacks: Stacks) -> None:
    name = stacks.create(CONDITIONAL)
    made = stacks.change_set(name, CONDITIONAL)
    assert (made["Status"], made["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in made["StatusReason"]


@pytest.mark.fix("cfn-replacement")
def test_a_renamed_bucket_is_shown_as_a_replacement(stacks: Stacks) -> None:
    def template(name: str) -> dict[str, Any]:
        properties = {"BucketName": name, "VersioningConfiguration": {"Status": "Enabled"}}
        return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}}

    first = unique("bucket")
    name = stacks.create(template(first))
    renamed = stacks.change_set(name, template(unique("bucket")))
    change = renamed["Changes"][0]["ResourceChange"]
    assert change["Replacement"] == "True"
    targets = {detail["Target"]["Name"]: detail["Target"]["RequiresRecreation"] for detail in change["Details"]}
    assert targets == {"BucketName": "Always"}
    kept = template(first)
    kept["Resources"]["Bucket"]["Properties"]["VersioningConfiguration"]["Status"] = "Suspended"
    assert stacks.change_set(name, kept)["Changes"][0]["ResourceChange"]["Replacement"] == "False"


@pytest.mark.fix("cfn-replacement")
def test_a_client_whose_secret_changes_is_shown_as_a_replacement(stacks: Stacks) -> None:
    def template(secret: bool) -> dict[str, Any]:
        client = {"UserPoolId": {"Ref": "Pool"}, "GenerateSecret": secret}
        return {"Resources": {"Pool": {"Type": "AWS::Cognito::UserPool"},
                              "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": client}}}

    name = stacks.create(template(False))
    change = stacks.change_set(name, template(True))["Changes"][0]["ResourceChange"]
    assert (change["LogicalResourceId"], change["Replacement"]) == ("Client", "True")


@pytest.mark.fix("cfn-outputs")
def test_a_set_for_changed_outputs_can_be_executed(stacks: Stacks) -> None:
    name = stacks.create(CONDITIONAL)
    made = stacks.change_set(name, {**CONDITIONAL, "Outputs": {"New": {"Value": {"Ref": "Always"}}}})
    assert (made["Status"], made["Changes"]) == ("CREATE_COMPLETE", [])
    assert stacks.execute(made) == "UPDATE_COMPLETE"
    assert list(stacks.outputs(name)) == ["New"]
