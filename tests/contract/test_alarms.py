"""Alarms: whose data they look at, and what no data means."""

from __future__ import annotations

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

    def make(who: str, missing: str = "missing", period: int = 60) -> str:
        name = unique("alarm")
        api.put_metric_alarm(
            AlarmName=name, Namespace=space, MetricName="Errors", Dimensions=[{"Name": "Who", "Value": who}],
            Statistic="Sum", Period=period, EvaluationPeriods=1, Threshold=1, TreatMissingData=missing,
            ComparisonOperator="GreaterThanOrEqualToThreshold")
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


@pytest.mark.slow
def test_an_alarm_calms_down_with_time(cloud: Cloud, space: str, alarm: Callable[..., str]) -> None:
    who = unique("once")
    name = alarm(who, "notBreaching", 10)
    error(cloud, space, who)
    assert becomes(cloud, name, "ALARM")
    assert becomes(cloud, name, "OK")
