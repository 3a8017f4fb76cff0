"""A function's role is the limit of what it can do."""

from __future__ import annotations

import json

import pytest
from cloud import Cloud
from functions import Functions
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
