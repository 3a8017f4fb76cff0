"""The events of stacks."""

from __future__ import annotations

from typing import Any

import pytest
from cloud import Cloud
from stacks import Stacks

KEPT: dict[str, Any] = {"Type": "AWS::SQS::Queue"}


def changed(seconds: int) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": seconds}}


@pytest.mark.fix("cfn-events")
def test_a_creation_says_begun_initiated_complete(stacks: Stacks) -> None:
    name = stacks.create({"Resources": {"Queue": KEPT}})
    statuses = [status for logical_id, status in stacks.events(name) if logical_id == "Queue"]
    assert statuses == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


@pytest.mark.fix("cfn-events")
def test_an_update_tells_what_it_changed_added_and_removed(stacks: Stacks) -> None:
    name = stacks.create({"Resources": {"Kept": KEPT, "Changed": changed(1), "Removed": KEPT}})
    before = len(stacks.events(name))
    stacks.update(name, {"Resources": {"Kept": KEPT, "Changed": changed(2), "Added": KEPT}})
    events = stacks.events(name)[before:]
    told: dict[str, list[str]] = {}
    for logical_id, status in events:
        told.setdefault(logical_id, []).append(status)
    assert told == {
        name: ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"],
        "Changed": ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
        "Added": ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"],
        "Removed": ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"],
    }
    assert events.index(("Removed", "DELETE_IN_PROGRESS")) > events.index((name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
    listed = stacks.api.list_stack_resources(StackName=name)["StackResourceSummaries"]
    assert {r["LogicalResourceId"]: r["ResourceStatus"] for r in listed} == {
        "Kept": "CREATE_COMPLETE", "Changed": "UPDATE_COMPLETE", "Added": "CREATE_COMPLETE"}


def test_an_alias_that_was_moved_stays_where_it_is(cloud: Cloud, stacks: Stacks) -> None:
    from rest_apis import function_resources
    resources = {**function_resources(), "Live": {"Type": "AWS::Lambda::Alias", "Properties": {
        "Name": "live", "FunctionName": {"Ref": "Echo"}, "FunctionVersion": "$LATEST"}}}
    template = {"Resources": resources, "Outputs": {"Function": {"Value": {"Ref": "Echo"}}}}
    name = stacks.create(template)
    function, api = stacks.outputs(name)["Function"], cloud.client("lambda")
    version = api.publish_version(FunctionName=function)["Version"]
    api.update_alias(FunctionName=function, Name="live", FunctionVersion=version)
    resources["Echo"] = {**resources["Echo"], "Properties": {**resources["Echo"]["Properties"], "Timeout": 9}}
    assert stacks.update(name, template) == "UPDATE_COMPLETE"
    assert api.get_alias(FunctionName=function, Name="live")["FunctionVersion"] == version
    assert "Live" not in {logical_id for logical_id, _ in stacks.events(name)[-9:]}
