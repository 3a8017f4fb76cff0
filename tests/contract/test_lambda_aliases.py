"""Aliases of functions: whom they call, how that is counted, and what they may not be."""

from __future__ import annotations

import pytest
from cloud import Cloud
from functions import Functions
from stacks import Stacks, refusal
from test_telemetry import recorded, through_alias

OLD = "def handler(event, context): return 'old'"
NEW = "def handler(event, context): return 'new'"
READ_QUEUES = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"


def weighted(functions: Functions, weight: float) -> str:
    """A function whose alias `live` is version 1, with a share of the calls for version 2."""
    name = functions.create(OLD)
    functions.api.publish_version(FunctionName=name)
    functions.update(name, NEW)
    functions.api.publish_version(FunctionName=name)
    functions.api.create_alias(FunctionName=name, Name="live", FunctionVersion="1",
                               RoutingConfig={"AdditionalVersionWeights": {"2": weight}})
    return name


@pytest.mark.fix("lambda-alias")
def test_a_weighted_alias_splits_calls(functions: Functions) -> None:
    name = weighted(functions, 0.5)
    seen = [functions.invoke(name, "live") for _ in range(60)]
    assert {"old", "new"} == set(seen)


@pytest.mark.fix("lambda-alias")
def test_an_alias_points_at_what_exists(functions: Functions) -> None:
    name = functions.create(OLD)
    functions.api.create_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
    missing = refusal(functions.api.update_alias, FunctionName=name, Name="live", FunctionVersion="7")
    assert missing[0] == "ResourceNotFoundException"
    functions.api.publish_version(FunctionName=name)
    mixed = refusal(functions.api.update_alias, FunctionName=name, Name="live", FunctionVersion="1",
                    RoutingConfig={"AdditionalVersionWeights": {"$LATEST": 0.5}})
    assert mixed[0] == "InvalidParameterValueException"


def test_a_stale_revision_of_an_alias_is_refused(functions: Functions) -> None:
    name = functions.create(OLD)
    made = functions.api.create_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
    functions.api.publish_version(FunctionName=name)
    functions.api.update_alias(FunctionName=name, Name="live", FunctionVersion="1", RevisionId=made["RevisionId"])
    stale = refusal(functions.api.update_alias, FunctionName=name, Name="live", FunctionVersion="$LATEST",
                    RevisionId=made["RevisionId"])
    assert stale[0] == "PreconditionFailedException"


@pytest.mark.fix("lambda-alias")
def test_an_alias_is_described_by_its_first_version(functions: Functions) -> None:
    name = weighted(functions, 1.0)
    described = [functions.api.get_function_configuration(FunctionName=name, Qualifier="live"),
                 functions.api.get_function(FunctionName=name, Qualifier="live")["Configuration"]]
    assert [seen["Version"] for seen in described] == ["1", "1"]
    assert {seen["FunctionArn"].rpartition(":")[2] for seen in described} == {"live"}


@pytest.mark.fix("lambda-alias")
@pytest.mark.fix("lambda-telemetry")
def test_a_call_that_nobody_waits_for_is_counted_for_the_alias(cloud: Cloud, functions: Functions) -> None:
    name = weighted(functions, 1.0)
    functions.api.invoke(FunctionName=name, Qualifier="live", InvocationType="Event")
    assert recorded(cloud, "Invocations", FunctionName=name, Resource=f"{name}:live", ExecutedVersion="2") == 1


@pytest.mark.fix("lambda-alias")
@pytest.mark.fix("lambda-telemetry")
def test_a_message_of_a_queue_is_counted_for_the_alias(cloud: Cloud, stacks: Stacks) -> None:
    template = through_alias()
    template["Resources"]["Role"]["Properties"]["ManagedPolicyArns"] = [READ_QUEUES]
    template["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue"}
    template["Resources"]["Mapping"] = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
        "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Alias"}, "BatchSize": 1}}
    template["Outputs"]["Queue"] = {"Value": {"Ref": "Queue"}}
    outputs = stacks.outputs(stacks.create(template))
    name = outputs["Function"]
    cloud.client("sqs").send_message(QueueUrl=outputs["Queue"], MessageBody="one")
    dimensions = {"FunctionName": name, "Resource": f"{name}:live", "ExecutedVersion": "1"}
    assert recorded(cloud, "Invocations", **dimensions) >= 1


@pytest.mark.fix("lambda-alias")
def test_an_alias_has_two_versions_at_most(functions: Functions) -> None:
    name = weighted(functions, 0.1)
    functions.update(name, NEW + "  # again")
    functions.api.publish_version(FunctionName=name)
    third = refusal(functions.api.update_alias, FunctionName=name, Name="live",
                    RoutingConfig={"AdditionalVersionWeights": {"2": 0.1, "3": 0.1}})
    assert third[0] == "InvalidParameterValueException"


@pytest.mark.fix("lambda-alias")
def test_the_versions_of_an_alias_have_one_role(functions: Functions) -> None:
    name = weighted(functions, 0.1)
    functions.give_role(name, functions.new_role())
    functions.api.publish_version(FunctionName=name)
    mixed = refusal(functions.api.update_alias, FunctionName=name, Name="live",
                    RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}})
    assert mixed == ("InvalidParameterValueException",
                     "Specified versions must be associated with the same execution role")
