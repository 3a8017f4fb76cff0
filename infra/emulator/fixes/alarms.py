"""Alarms follow time: they look at their own metric, period by period, and calm down again.

AWS ("Alarm evaluation", "Configuring how CloudWatch alarms treat missing data", CloudWatch User
Guide): an alarm watches the one metric with exactly its dimensions; it goes to ALARM when
DatapointsToAlarm of EvaluationPeriods data points breach, and back when they do not. More
periods than these are looked at (the evaluation range): the newest that have data count, and
only where these are too few, TreatMissingData says what is filled in. Data that may still be
proven wrong by the next period raises no alarm, unless it is as old as DatapointsToAlarm.

MiniStack 1.5.33 mixes all dimensions, ignores missing data, and looks only when data arrives.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch
from settings import Settings

import fixes

LOOK_EVERY_SECONDS = 1.0
# How many periods before the evaluated ones are looked at. AWS says that it depends on the period; its
# tables have two.
EARLIER_PERIODS = 2
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def apply(settings: Settings) -> None:
    """Replace the evaluation, and have it done as time goes on."""
    cloudwatch._evaluate_alarm = evaluate
    threading.Thread(target=_watch, name="alarms", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        for (account, region, _), alarm in cloudwatch._alarms.all_items():
            try:
                with request_scope(account, region):
                    evaluate(alarm)
            except Exception:
                logging.getLogger("alarms").exception("alarm %s was not evaluated", alarm.get("AlarmName"))


def evaluate(alarm: dict[str, Any]) -> None:
    """Set an alarm's state to what its metric says now."""
    if not alarm.get("MetricName") or alarm.get("ComparisonOperator") not in COMPARISONS:
        return  # metric math and anomaly bands: left as they are, see docs/local-aws.md
    values = _values(alarm)
    state = _state(alarm, values)
    if state != alarm["StateValue"]:
        shown = ", ".join("none" if value is None else f"{value:g}" for value in values)
        _change(alarm, state, f"Threshold Crossed: datapoints [{shown}], {alarm['ComparisonOperator']} "
                              f"{alarm['Threshold']}")


def _values(alarm: dict[str, Any]) -> list[float | None]:
    """The metric's value in each period of the evaluation range, newest first; None without data."""
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    points = list(cloudwatch._metrics.get(key) or [])
    period, count = int(alarm["Period"]), int(alarm["EvaluationPeriods"]) + EARLIER_PERIODS
    start = time.time() // period * period
    found = [_value(alarm, points, start - index * period, period) for index in range(count + 1)]
    # The period under way counts once it has data; until then it is not missing.
    return found[:count] if found[0] is not None else found[1:]


def _value(alarm: dict[str, Any], points: list[dict[str, Any]], start: float, period: int) -> float | None:
    within = [point for point in points if start <= point["Timestamp"] < start + period]
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    value = cloudwatch._stat_value(cloudwatch._calc_stats(within), statistic, within) if within else None
    return None if value is None else float(value)


def _state(alarm: dict[str, Any], values: list[float | None]) -> str:
    """The state that these values, newest first, put the alarm in."""
    count = int(alarm["EvaluationPeriods"])
    needed = int(alarm.get("DatapointsToAlarm") or count)
    compare, threshold = COMPARISONS[alarm["ComparisonOperator"]], float(alarm["Threshold"])
    breaches = {age: compare(value, threshold) for age, value in enumerate(values, 1) if value is not None}
    counted = list(breaches.values())[:count]
    missing = count - len(counted)
    treat = alarm.get("TreatMissingData") or "missing"
    breaching = sum(counted) + (missing if treat == "breaching" else 0)
    if breaching >= needed:
        return "ALARM"
    if not missing or False in counted or treat in ("breaching", "notBreaching"):
        return "OK"
    if treat == "ignore":
        return str(alarm["StateValue"])
    return "ALARM" if max(breaches, default=0) >= needed else "INSUFFICIENT_DATA"


def _change(alarm: dict[str, Any], state: str, reason: str) -> None:
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
    fixes.changed()
