"""What CloudFormation allows in which state, and how operations end."""

from __future__ import annotations

import contextlib
import json
import urllib.request
import uuid
from typing import Any

import pytest
from cloud import Cloud, unique
from stacks import Stacks, empty_bucket, refusal, request

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}


def failing(*after: str) -> dict[str, Any]:
    """Two resources of one name: the second one's creation fails, after those named."""
    properties = {"Name": unique("parameter"), "Type": "String", "Value": "x"}
    return {"One": {"Type": "AWS::SSM::Parameter", "Properties": properties},
            "Bad": {"Type": "AWS::SSM::Parameter", "Properties": properties, "DependsOn": ["One", *after]}}


def waiting(**resources: Any) -> dict[str, Any]:
    """A template whose creation or update goes on until `release` is called."""
    mark = uuid.uuid4().hex[:8]
    return {"Resources": {
        f"Handle{mark}": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        f"Wait{mark}": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {
            "Handle": {"Ref": f"Handle{mark}"}, "Timeout": "120", "Count": 1}},
        **resources}}


def release(stacks: Stacks, name: str, template: dict[str, Any]) -> str:
    """Let the operation go on. Returns the status it ends in."""
    handle = next(key for key in template["Resources"] if key.startswith("Handle"))

    def url() -> str | None:
        found = stacks.api.describe_stack_resources(StackName=name)["StackResources"]
        made = [r.get("PhysicalResourceId", "") for r in found if r["LogicalResourceId"] == handle]
        return next((url for url in made if url.startswith("http")), None)

    body = b'{"Status": "SUCCESS", "UniqueId": "1", "Data": "", "Reason": ""}'
    request_ = urllib.request.Request(stacks.cloud.wait(url), data=body, method="PUT", headers={"Content-Type": ""})
    urllib.request.urlopen(request_, timeout=30).close()
    return stacks.settled(name)


@pytest.mark.fix("cfn-status")
def test_one_operation_at_a_time(stacks: Stacks) -> None:
    name = stacks.create({"Resources": {"Queue": QUEUE}})
    other = stacks.change_set(name, {"Resources": {"Queue": QUEUE, "Other": QUEUE}})
    slow = waiting(Queue=QUEUE)
    stacks.api.update_stack(StackName=name, **request(slow))
    stack_id = stacks.stack(name)["StackId"]
    expected = f"Stack:{stack_id} is in UPDATE_IN_PROGRESS state and can not be updated."
    assert refusal(stacks.api.update_stack, StackName=name, **request(slow)) == ("ValidationError", expected)
    made = refusal(stacks.api.create_change_set, StackName=name, ChangeSetName="x", **request(slow))
    assert made == ("ValidationError", expected)
    executed = refusal(stacks.api.execute_change_set, ChangeSetName=other["ChangeSetId"])
    assert executed[0] in ("ValidationError", "InvalidChangeSetStatus", "ChangeSetNotFound")
    deleted = refusal(stacks.api.delete_stack, StackName=name)
    assert "cannot be deleted while in status UPDATE_IN_PROGRESS" in deleted[1]
    assert release(stacks, name, slow) == "UPDATE_COMPLETE"


@pytest.mark.fix("cfn-status")
def test_a_stack_whose_creation_failed_can_only_be_deleted(stacks: Stacks) -> None:
    template = {"Resources": {"Queue": QUEUE}}
    name = stacks.create({"Resources": failing()})
    status = stacks.stack(name)["StackStatus"]
    assert status == "ROLLBACK_COMPLETE"
    expected = f"Stack:{stacks.stack(name)['StackId']} is in ROLLBACK_COMPLETE state and can not be updated."
    assert refusal(stacks.api.update_stack, StackName=name, **request(template)) == ("ValidationError", expected)
    made = refusal(stacks.api.create_change_set, StackName=name, ChangeSetName="x", **request(template))
    assert made == ("ValidationError", expected)
    again = refusal(stacks.api.create_stack, StackName=name, **request(template))
    assert again == ("AlreadyExistsException", f"Stack [{name}] already exists")
    assert stacks.delete(name) == "DELETE_COMPLETE"


@pytest.mark.fix("cfn-buckets")
@pytest.mark.parametrize("versioned", [False, True])
def test_a_bucket_with_contents_is_not_deleted(cloud: Cloud, stacks: Stacks, versioned: bool) -> None:
    properties = {"VersioningConfiguration": {"Status": "Enabled"}} if versioned else {}
    name = stacks.create({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}},
                          "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}}})
    bucket = stacks.outputs(name)["Bucket"]
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="kept", Body=b"x")
    if versioned:
        s3.delete_object(Bucket=bucket, Key="kept")
    assert stacks.delete(name) == "DELETE_FAILED"
    assert ("Bucket", "DELETE_FAILED") in stacks.events(name)
    assert "Bucket" in stacks.stack(name)["StackStatusReason"]
    s3.head_bucket(Bucket=bucket)


@pytest.mark.fix("cfn-rollback")
def test_what_a_rollback_cannot_delete_stays_in_the_stack(cloud: Cloud, stacks: Stacks) -> None:
    name, bucket, slow = stacks.name("stays"), unique("bucket"), waiting()
    made = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}
    template = {"Resources": {**slow["Resources"], "Bucket": made, **failing("Bucket", *slow["Resources"])}}
    stacks.api.create_stack(StackName=name, **request(template))
    cloud.wait(lambda: ("Bucket", "CREATE_COMPLETE") in stacks.events(name))
    cloud.client("s3").put_object(Bucket=bucket, Key="kept", Body=b"x")
    assert release(stacks, name, slow) == "ROLLBACK_FAILED"

    def listed() -> list[tuple[str, str, str]]:
        found = stacks.api.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return [(r["LogicalResourceId"], r["PhysicalResourceId"], r["ResourceStatus"]) for r in found
                if r["ResourceStatus"] != "DELETE_COMPLETE"]

    assert listed() == [("Bucket", bucket, "DELETE_FAILED")]
    assert stacks.delete(name) == "DELETE_FAILED"
    assert listed() == [("Bucket", bucket, "DELETE_FAILED")]
    empty_bucket(cloud, bucket)
    assert stacks.delete(name) == "DELETE_COMPLETE"


@pytest.mark.fix("cfn-names")
@pytest.mark.parametrize("kind", ["AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::IAM::Role", "AWS::DynamoDB::Table",
                                  "AWS::CloudWatch::Alarm", "AWS::SNS::Topic"])
def test_a_taken_name_fails_and_leaves_its_owner_alone(stacks: Stacks, kind: str) -> None:
    taken = unique("name")
    properties: dict[str, dict[str, Any]] = {
        "AWS::SQS::Queue": {"QueueName": taken},
        "AWS::Logs::LogGroup": {"LogGroupName": taken},
        "AWS::SNS::Topic": {"TopicName": taken},
        "AWS::CloudWatch::Alarm": {"AlarmName": taken, "Namespace": taken, "MetricName": "Errors", "Statistic": "Sum",
                                   "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
                                   "ComparisonOperator": "GreaterThanThreshold"},
        "AWS::IAM::Role": {"RoleName": taken, "AssumeRolePolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                    "Principal": {"Service": "lambda.amazonaws.com"}}]}},
        "AWS::DynamoDB::Table": {"TableName": taken, "BillingMode": "PAY_PER_REQUEST",
                                 "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                                 "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}}
    template = {"Resources": {"Named": {"Type": kind, "Properties": properties[kind]}}}
    first, second = stacks.create(template), stacks.create(template)
    assert stacks.stack(first)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.stack(second)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert stacks.delete(second) == "DELETE_COMPLETE"
    assert stacks.update(first, {"Resources": {**template["Resources"], "Queue": QUEUE}}) == "UPDATE_COMPLETE"


def test_retain_except_on_create_lets_a_failed_creation_go(cloud: Cloud, stacks: Stacks) -> None:
    bucket: dict[str, Any] = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate",
              "Properties": {"BucketName": unique("bucket")}}
    name = stacks.create({"Resources": {"Bucket": bucket, **failing("Bucket")}})
    assert stacks.stack(name)["StackStatus"] == "ROLLBACK_COMPLETE"
    held = stacks.create({"Resources": {"Bucket": bucket}}, "held")
    assert stacks.stack(held)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.delete(held) == "DELETE_COMPLETE"
    cloud.client("s3").delete_bucket(Bucket=bucket["Properties"]["BucketName"])


@pytest.mark.fix("cfn-tokens")
def test_a_repeated_request_is_the_same_request(stacks: Stacks) -> None:
    name, token = stacks.name("token"), unique("token")
    asked = {"StackName": name, "ClientRequestToken": token, **request({"Resources": {"Queue": QUEUE}})}
    first = stacks.api.create_stack(**asked)
    stacks.settled(name)
    assert stacks.api.create_stack(**asked)["StackId"] == first["StackId"]
    other = {**asked, **request({"Resources": {"Queue": QUEUE, "Other": QUEUE}})}
    assert refusal(stacks.api.create_stack, **other)[0] == "TokenAlreadyExistsException"
    stacks.delete(name)
    assert stacks.api.create_stack(**asked)["StackId"] != first["StackId"]
    assert stacks.settled(name) == "CREATE_COMPLETE"


def test_a_stack_in_creation_can_be_deleted(stacks: Stacks) -> None:
    slow = waiting()
    wait = next(key for key in slow["Resources"] if key.startswith("Wait"))
    slow["Resources"]["Later"] = {**QUEUE, "DependsOn": wait}
    name = stacks.name("slow")
    stack_id = stacks.api.create_stack(StackName=name, **request(slow))["StackId"]
    stacks.api.delete_stack(StackName=name)
    with contextlib.suppress(Exception):
        release(stacks, stack_id, slow)
    assert stacks.settled(stack_id) == "DELETE_COMPLETE"
    assert ("Later", "CREATE_COMPLETE") not in stacks.events(stack_id)


@pytest.mark.fix("cfn-exports")
def test_an_export_has_one_owner(stacks: Stacks) -> None:
    export = unique("export")

    def template(value: str) -> dict[str, Any]:
        output = {"Value": value, "Export": {"Name": export}}
        return {"Resources": {"Queue": QUEUE}, "Outputs": {"Shared": output}}

    owner, other = stacks.create(template("1")), stacks.create(template("2"))
    assert stacks.stack(other)["StackStatus"] == "ROLLBACK_COMPLETE"
    stacks.update(owner, {"Resources": {"Queue": QUEUE, "Another": QUEUE}})
    exports = [e["Name"] for page in stacks.api.get_paginator("list_exports").paginate() for e in page["Exports"]]
    assert export not in exports


@pytest.mark.fix("cfn-descriptions")
def test_a_stack_is_described_as_it_is_now(stacks: Stacks) -> None:
    name = stacks.create({"Resources": {"Queue": QUEUE}})
    assert "LastUpdatedTime" not in stacks.stack(name)
    assert "StackStatusReason" not in stacks.stack(name)
    stacks.update(name, {"Resources": {"Queue": QUEUE, "Another": QUEUE}})
    assert stacks.stack(name)["LastUpdatedTime"] > stacks.stack(name)["CreationTime"]


def nesting(cloud: Cloud, stacks: Stacks, template: dict[str, Any]) -> dict[str, Any]:
    """A template that nests this one."""
    home = stacks.create({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
                          "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}}}, "templates")
    bucket = stacks.outputs(home)["Bucket"]
    cloud.client("s3").put_object(Bucket=bucket, Key="inner.json", Body=json.dumps(template))
    url = f"{cloud.endpoint or 'https://s3.amazonaws.com'}/{bucket}/inner.json"
    return {"Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}


@pytest.mark.fix("cfn-descriptions")
def test_a_nested_stack_names_its_parent_and_its_root(cloud: Cloud, stacks: Stacks) -> None:
    middle = nesting(cloud, stacks, {"Resources": {"Queue": QUEUE}})
    root = stacks.create(nesting(cloud, stacks, middle))

    def inner(stack: str) -> Any:
        found = stacks.api.describe_stack_resource(StackName=stack, LogicalResourceId="Inner")
        return stacks.stack(found["StackResourceDetail"]["PhysicalResourceId"])

    top, child = stacks.stack(root), inner(root)
    grandchild = inner(child["StackId"])
    assert "ParentId" not in top
    assert (child["ParentId"], child["RootId"]) == (top["StackId"], top["StackId"])
    assert (grandchild["ParentId"], grandchild["RootId"]) == (child["StackId"], top["StackId"])


@pytest.mark.fix("cfn-nested-sam")
def test_the_template_of_a_nested_stack_is_transformed_too(cloud: Cloud, stacks: Stacks) -> None:
    table = {"Table": {"Type": "AWS::Serverless::SimpleTable"}}
    root = stacks.create(nesting(cloud, stacks, {"Transform": "AWS::Serverless-2016-10-31", "Resources": table}))
    inner = stacks.api.describe_stack_resource(StackName=root, LogicalResourceId="Inner")["StackResourceDetail"]
    made = stacks.api.describe_stack_resource(StackName=inner["PhysicalResourceId"], LogicalResourceId="Table")
    assert made["StackResourceDetail"]["ResourceType"] == "AWS::DynamoDB::Table"


@pytest.mark.fix("cfn-nested-sam")
def test_what_an_update_of_a_nested_stack_leaves_alone_keeps_its_attributes(cloud: Cloud, stacks: Stacks) -> None:
    root = stacks.create(nesting(cloud, stacks, {"Resources": {"Queue": QUEUE}}))
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::GetAtt": ["Queue", "QueueName"]}}}
    changed = nesting(cloud, stacks, {"Resources": {"Queue": QUEUE, "Topic": topic}})
    assert stacks.update(root, changed) == "UPDATE_COMPLETE"
