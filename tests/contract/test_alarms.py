"""Alarms: whose data they look at, and what no data means."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cloud import Cloud, unique


@pytest.fixture
def space() -> str:
    """A namespace of this test's own."""
    return unique("space")


@pytest.fixture
def alarm(cloud: Cloud, space: str) -> Iterator[Callable[..., str]]:
    """Makes alarms on errors of `who`, removed after the test."""
    api, made = cloud.client("cloudwatch"), []

    def make(who: str, missing: str = "missing", period: int = 60, **more: Any) -> str:
        name = unique("alarm")
        api.put_metric_alarm(**{
            "AlarmName": name, "Namespace": space, "MetricName": "Errors", "Statistic": "Sum", "Period": period,
            "Dimensions": [{"Name": "Who", "Value": who}], "EvaluationPeriods": 1, "Threshold": 1,
            "TreatMissingData": missing, "ComparisonOperator": "GreaterThanOrEqualToThreshold", **more})
        made.append(name)
        return name

    yield make
    api.delete_alarms(AlarmNames=made)


def becomes(cloud: Cloud, name: str, state: str) -> bool:
    """Wait until an alarm is in a state."""
    api = cloud.client("cloudwatch")

    def is_so() -> bool:
        return bool(api.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"] == state)

    return cloud.wait(is_so)


def error(cloud: Cloud, space: str, who: str) -> None:
    data: dict[str, Any] = {"MetricName": "Errors", "Value": 1, "Dimensions": [{"Name": "Who", "Value": who}],
                            "StorageResolution": 1}
    cloud.client("cloudwatch").put_metric_data(Namespace=space, MetricData=[data])


@pytest.mark.fix("alarms")
def test_an_alarm_looks_at_its_own_dimensions(cloud: Cloud, space: str, alarm: Callable[..., str]) -> None:
    mine, other = unique("mine"), unique("other")
    watched, calm = alarm(mine), alarm(other, "notBreaching")
    error(cloud, space, mine)
    assert becomes(cloud, watched, "ALARM")
    assert becomes(cloud, calm, "OK")


@pytest.mark.fix("alarms")
@pytest.mark.parametrize(("missing", "state"), [("notBreaching", "OK"), ("breaching", "ALARM")])
def test_no_data_counts_as_the_alarm_says(cloud: Cloud, alarm: Callable[..., str], missing: str, state: str) -> None:
    assert becomes(cloud, alarm(unique("silent"), missing), state)


# Two tables of "How alarm state is evaluated when data is missing", CloudWatch User Guide, and the case of
# "Avoiding premature transitions": data points oldest first (0 within, X breaching, - missing), how many of
# three must breach, and the states for missing, ignore (… is "as it was"), breaching, notBreaching.
SPARSE = [
    ("0-X-X", 3, "OK", "OK", "OK", "OK"),
    ("0----", 3, "OK", "OK", "OK", "OK"),
    ("-----", 3, "INSUFFICIENT_DATA", "…", "ALARM", "OK"),
    ("0XX-X", 3, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("----X", 3, "INSUFFICIENT_DATA", "…", "ALARM", "OK"),
    ("X----", 3, "ALARM", "…", "ALARM", "OK"),
    ("--X--", 3, "ALARM", "…", "ALARM", "OK"),
    ("0-X-X", 2, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("00X0X", 2, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0-X--", 2, "OK", "OK", "ALARM", "OK"),
    ("----0", 2, "OK", "OK", "ALARM", "OK"),
    ("----X", 2, "INSUFFICIENT_DATA", "…", "ALARM", "OK"),
]
HOUR = 3600
ONCE = "ALARM"  # what an alarm that keeps its state is set to first


@pytest.mark.fix("alarms")
def test_sparse_data_counts_as_aws_documents(cloud: Cloud, space: str, alarm: Callable[..., str]) -> None:
    api, start = cloud.client("cloudwatch"), time.time() // HOUR * HOUR
    expected: dict[str, tuple[str, str]] = {}
    for row, (points, needed, *states) in enumerate(SPARSE):
        data = [{"MetricName": "Errors", "Value": 1.0 if point == "X" else 0.0, "Timestamp": start - age * HOUR + 60,
                 "Dimensions": [{"Name": "Who", "Value": f"row{row}"}]}
                for age, point in zip(range(5, 0, -1), points, strict=True) if point != "-"]
        if data:
            api.put_metric_data(Namespace=space, MetricData=data)
        for missing, state in zip(("missing", "ignore", "breaching", "notBreaching"), states, strict=True):
            name = alarm(f"row{row}", missing, HOUR, EvaluationPeriods=3, DatapointsToAlarm=needed)
            expected[name] = (f"{points} {needed} of 3, {missing}", ONCE if state == "…" else state)
            if state == "…":
                api.set_alarm_state(AlarmName=name, StateValue=ONCE, StateReason="so that it can be kept")
    seen: dict[str, tuple[str, str]] = {}

    def all_as_expected() -> bool:
        pages = api.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
        seen.update({a["AlarmName"]: (expected[a["AlarmName"]][0], a["StateValue"])
                     for page in pages for a in page["MetricAlarms"] if a["AlarmName"] in expected})
        return seen == expected

    with contextlib.suppress(TimeoutError):
        cloud.wait(all_as_expected)
    assert sorted(seen.values()) == sorted(expected.values())


@pytest.mark.slow
def test_an_alarm_calms_down_with_time(cloud: Cloud, space: str, alarm: Callable[..., str]) -> None:
    who = unique("once")
    name = alarm(who, "notBreaching", 10)
    error(cloud, space, who)
    assert becomes(cloud, name, "ALARM")
    with contextlib.suppress(TimeoutError):  # its evaluation range lasts longer than one wait
        becomes(cloud, name, "OK")
    assert becomes(cloud, name, "OK")
