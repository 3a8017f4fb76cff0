"""A function's role is the limit of what it can do; an organization's ends where another's begins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cloud import Cloud, zipped
from functions import Functions
from organizations import KINDS, Organization
from stacks import Stacks, empty_bucket

WRITE = """
import boto3
from botocore.exceptions import ClientError
def handler(event, context):
    try:
        boto3.client("s3").put_object(Bucket=event, Key="x", Body=b"x")
        return "written"
    except ClientError as error:
        return error.response["Error"]["Code"]
"""


@pytest.mark.fix("auth")
def test_a_role_reaches_its_own_bucket_only(cloud: Cloud, stacks: Stacks, functions: Functions) -> None:
    buckets = {key: {"Type": "AWS::S3::Bucket"} for key in ("Mine", "Other")}
    name = stacks.create({"Resources": buckets, "Outputs": {key: {"Value": {"Ref": key}} for key in buckets}})
    mine, other = (stacks.outputs(name)[key] for key in ("Mine", "Other"))
    writer = functions.create(WRITE)
    allowed = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{mine}/*"}
    role = functions.role.rsplit("/", 1)[1]
    iam = cloud.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName="write", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [allowed]}))
    try:
        assert cloud.wait(lambda: functions.invoke(writer, event=mine) == "written")
        assert functions.invoke(writer, event=other) == "AccessDenied"
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="write")
        empty_bucket(cloud, mine)
        empty_bucket(cloud, other)


# Stands in for the backend, with its role: does what it is told and answers "done" or the error's code.
PROBE = """
import boto3
from botocore.exceptions import ClientError
def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["operation"])(**event["arguments"])
        return "done"
    except ClientError as error:
        return error.response["Error"]["Code"]
"""
DENIED = {"AccessDenied", "AccessDeniedException"}

def does(one: Organization, service: str, operation: str, **arguments: Any) -> str:
    """What an organization's backend is answered."""
    event = {"service": service, "operation": operation, "arguments": arguments}
    answer = one.cloud.client("lambda").invoke(FunctionName=one.function, Payload=json.dumps(event))
    told = json.load(answer["Payload"])
    assert "FunctionError" not in answer, told
    return str(told)


def does_with(one: Organization, bucket: str) -> dict[str, str]:
    """What an organization's backend is answered by a bucket, by operation."""
    return {
        "get": does(one, "s3", "get_object", Bucket=bucket, Key="config.json"),
        "put": does(one, "s3", "put_object", Bucket=bucket, Key="written", Body="x"),
        "list": does(one, "s3", "list_objects_v2", Bucket=bucket),
        "delete": does(one, "s3", "delete_object", Bucket=bucket, Key="config.json")}


@pytest.mark.fix("auth")
@pytest.mark.fix("iam-keys")
def test_a_pool_is_reached_by_its_tag(cloud: Cloud, functions: Functions) -> None:
    iam, cognito = cloud.client("iam"), cloud.client("cognito-idp")
    role = functions.role.rsplit("/", 1)[1]
    allowed = {"Effect": "Allow", "Action": "cognito-idp:ListUsers", "Resource": "*",
               "Condition": {"StringEquals": {"aws:ResourceTag/environment": "mine"}}}
    iam.put_role_policy(RoleName=role, PolicyName="users", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [allowed]}))
    pools = {tag: cognito.create_user_pool(PoolName=f"contract-{tag}", UserPoolTags={"environment": tag})
             ["UserPool"]["Id"] for tag in ("mine", "theirs")}
    prober = functions.create(PROBE)

    def lists(tag: str) -> str:
        return str(functions.invoke(prober, event={
            "service": "cognito-idp", "operation": "list_users", "arguments": {"UserPoolId": pools[tag]}}))
    try:
        assert cloud.wait(lambda: lists("mine") == "done")
        assert lists("theirs") in DENIED
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="users")
        for pool in pools.values():
            cognito.delete_user_pool(UserPoolId=pool)


@pytest.mark.fix("auth")
@pytest.mark.fix("iam-keys")
def test_only_the_policy_that_is_named_is_attached(cloud: Cloud, functions: Functions) -> None:
    iam = cloud.client("iam")
    role = functions.role.rsplit("/", 1)[1]
    harmless, other = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "PowerUserAccess"))
    allowed = {"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*",
               "Condition": {"ArnEquals": {"iam:PolicyARN": harmless}}}
    iam.put_role_policy(RoleName=role, PolicyName="attach", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [allowed]}))
    prober = functions.create(PROBE)

    def attaches(policy: str) -> str:
        return str(functions.invoke(prober, event={
            "service": "iam", "operation": "attach_role_policy",
            "arguments": {"RoleName": role, "PolicyArn": policy}}))
    try:
        assert cloud.wait(lambda: attaches(harmless) == "done")
        assert attaches(other) in DENIED
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="attach")
        iam.detach_role_policy(RoleName=role, PolicyArn=harmless)


@pytest.fixture
def two(cloud: Cloud, stacks: Stacks) -> Iterator[tuple[Organization, Organization]]:
    made = stacks.create({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
                          "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}}}, "artifacts")
    home, s3 = stacks.outputs(made)["Bucket"], cloud.client("s3")
    s3.put_object(Bucket=home, Key="code.zip", Body=zipped({"rawscribe/__init__.py": "", "rawscribe/main.py": PROBE}))
    s3.put_object(Bucket=home, Key="layer.zip", Body=zipped({"python/nothing.py": ""}))
    one, other = Organization(stacks, home), Organization(stacks, home)
    for organization in (one, other):
        for kind in KINDS:
            s3.put_object(Bucket=organization.bucket(kind), Key="config.json", Body=b"{}")
    yield one, other
    for organization in (one, other):
        organization.remove()


@pytest.mark.fix("auth")
@pytest.mark.fix("iam-transport")
def test_an_organizations_role_ends_where_another_organization_begins(
        cloud: Cloud, two: tuple[Organization, Organization]) -> None:
    one, other = two
    for kind in KINDS:
        answers = does_with(one, other.bucket(kind))
        assert set(answers.values()) <= DENIED, (kind, answers)
        cloud.client("s3").head_object(Bucket=other.bucket(kind), Key="config.json")
        with pytest.raises(ClientError):
            cloud.client("s3").head_object(Bucket=other.bucket(kind), Key="written")
    for operation in ("list_users", "describe_user_pool", "delete_user_pool"):
        assert does(one, "cognito-idp", operation, UserPoolId=other.pool) in DENIED
    own = {kind: {name for name, answer in does_with(one, one.bucket(kind)).items() if answer == "done"}
           for kind in KINDS}
    assert own == {"lambda": {"get", "list"}, "forms": {"get", "list"}, "eln": {"get", "put", "list"},
                   "eln-drafts": {"get", "put", "list", "delete"}, "frontend": set()}
