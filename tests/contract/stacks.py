"""CloudFormation stacks as the contract tests use them: made, watched, and always removed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from cloud import Cloud, unique

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@dataclass
class Stacks:
    """The stacks of one test."""

    cloud: Cloud
    made: list[str] = field(default_factory=list)

    @property
    def api(self) -> Any:
        """The CloudFormation client."""
        return self.cloud.client("cloudformation")

    def name(self, word: str) -> str:
        """A fresh stack name that is removed after the test."""
        name = unique(word)
        self.made.append(name)
        return name

    def create(self, template: dict[str, Any], word: str = "stack", **more: Any) -> str:
        """Create a stack and wait for its end. Returns its name."""
        name = self.name(word)
        self.api.create_stack(StackName=name, **request(template, **more))
        self.settled(name)
        return name

    def update(self, name: str, template: dict[str, Any], **more: Any) -> str:
        """Update a stack and wait for its end. Returns its status."""
        self.api.update_stack(StackName=name, **request(template, **more))
        return self.settled(name)

    def change_set(self, name: str, template: dict[str, Any], kind: str = "UPDATE", **more: Any) -> Any:
        """Make a change set and wait until it is made or has failed. Returns its description."""
        made = self.api.create_change_set(
            StackName=name, ChangeSetName=unique("set"), ChangeSetType=kind, **request(template, **more))

        def ended() -> Any:
            seen = self.api.describe_change_set(ChangeSetName=made["Id"])
            return seen if seen["Status"] in ("CREATE_COMPLETE", "FAILED") else None

        return self.cloud.wait(ended)

    def execute(self, change_set: Any, **more: Any) -> str:
        """Execute a change set and wait for its end. Returns the stack's status."""
        self.api.execute_change_set(ChangeSetName=change_set["ChangeSetId"], **more)
        return self.settled(change_set["StackName"])

    def stack(self, name: str) -> Any:
        """The stack's description."""
        return self.api.describe_stacks(StackName=name)["Stacks"][0]

    def outputs(self, name: str) -> dict[str, str]:
        """The stack's outputs by key."""
        return {output["OutputKey"]: output["OutputValue"] for output in self.stack(name).get("Outputs", [])}

    def events(self, name: str) -> list[tuple[str, str]]:
        """(logical id, status) of all events, oldest first."""
        pages = self.api.get_paginator("describe_stack_events").paginate(StackName=name)
        events = [event for page in pages for event in page["StackEvents"]]
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]

    def settled(self, name: str) -> str:
        """Wait until nothing is in progress. Returns the status; a deleted stack is DELETE_COMPLETE."""

        def status() -> str | None:
            try:
                seen: str = self.stack(name)["StackStatus"]
            except ClientError as error:
                if "does not exist" in str(error):
                    return "DELETE_COMPLETE"
                raise
            busy = seen.endswith("_IN_PROGRESS") and seen != "REVIEW_IN_PROGRESS"
            return None if busy else seen

        return self.cloud.wait(status)

    def delete(self, name: str) -> str:
        """Delete a stack and wait for its end. Returns the status."""
        stack_id = self.stack(name)["StackId"]
        self.api.delete_stack(StackName=name)
        return self.settled(stack_id)

    def remove_all(self) -> None:
        """Remove what the test left behind, newest first, and what their buckets hold."""
        for name in reversed(self.made):
            if self.settled(name) == "DELETE_COMPLETE":
                continue
            for resource in self.api.list_stack_resources(StackName=name)["StackResourceSummaries"]:
                if resource["ResourceType"] == "AWS::S3::Bucket" and resource.get("PhysicalResourceId"):
                    empty_bucket(self.cloud, resource["PhysicalResourceId"])
            self.delete(name)


def request(template: dict[str, Any], parameters: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """The arguments that carry a template to CloudFormation."""
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()]
    return {"TemplateBody": json.dumps(template), "Parameters": given, "Capabilities": CAPABILITIES, **more}


def empty_bucket(cloud: Cloud, bucket: str) -> None:
    """Delete all versions of all objects."""
    s3 = cloud.client("s3")
    try:
        pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=bucket))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return
        raise
    for page in pages:
        for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


def refusal(action: Any, **arguments: Any) -> tuple[str, str]:
    """The error code and text with which a call is refused; fails when it is not."""
    try:
        action(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the call was not refused")
