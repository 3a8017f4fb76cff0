"""Metrics and logs of calls that come through an API."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import pytest
from cloud import Cloud, http
from functions import Functions
from rest_apis import body, proxy, template
from stacks import Stacks


def recorded(cloud: Cloud, metric: str, **dimensions: str) -> float:
    """The metric's sum over the last hour, once there is one."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def total() -> float | None:
        points = cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda", MetricName=metric, Period=3600, Statistics=["Sum"],
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now - datetime.timedelta(hours=1), EndTime=now + datetime.timedelta(hours=1))["Datapoints"]
        return sum(point["Sum"] for point in points) or None

    return cloud.wait(total)


def through_alias() -> dict[str, Any]:
    """The template whose API calls the alias `live`, which is version 1."""
    made = template(body({"/x": {"get": proxy()}}))
    resources = made["Resources"]
    resources["Version"] = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Echo"}}}
    resources["Alias"] = {"Type": "AWS::Lambda::Alias", "Properties": {
        "Name": "live", "FunctionName": {"Ref": "Echo"}, "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}}}
    resources["Permission"]["Properties"]["FunctionName"] = {"Ref": "Alias"}
    operation = resources["Api"]["Properties"]["Body"]["paths"]["/x"]["get"]["x-amazon-apigateway-integration"]
    operation["uri"]["Fn::Sub"] = operation["uri"]["Fn::Sub"].replace("${Echo.Arn}", "${Alias}")
    made["Outputs"]["Function"] = {"Value": {"Ref": "Echo"}}
    return made


@pytest.mark.fix("lambda-telemetry")
def test_a_call_through_the_api_is_counted_for_alias_and_version(cloud: Cloud, stacks: Stacks) -> None:
    outputs = stacks.outputs(stacks.create(through_alias()))
    name = outputs["Function"]
    assert http(cloud.api_url(outputs["ApiId"], "live", "/x")).status == 200
    assert recorded(cloud, "Invocations", FunctionName=name) == 1
    assert recorded(cloud, "Invocations", FunctionName=name, Resource=f"{name}:live") == 1
    assert recorded(cloud, "Invocations", FunctionName=name, Resource=f"{name}:live", ExecutedVersion="1") == 1


def test_a_call_through_the_api_is_logged(cloud: Cloud, stacks: Stacks) -> None:
    outputs = stacks.outputs(stacks.create(through_alias()))
    http(cloud.api_url(outputs["ApiId"], "live", "/x"))
    logs = cloud.client("logs")

    def lines() -> list[str]:
        try:
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{outputs['Function']}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found if event["message"].startswith("REPORT")]

    assert "RequestId" in cloud.wait(lines)[0]
    logs.delete_log_group(logGroupName=f"/aws/lambda/{outputs['Function']}")


def test_what_a_function_prints_is_in_the_tail_of_its_log(functions: Functions) -> None:
    name = functions.create("import sys\ndef handler(event, context):\n"
                            "    print('one')\n    sys.stderr.write('two')\n    return 3")
    for _ in range(2):
        answer = functions.api.invoke(FunctionName=name, LogType="Tail")
        tail = base64.b64decode(answer["LogResult"]).decode()
        assert tail.index("one") < tail.index("two")
        assert "\x1e" not in tail
