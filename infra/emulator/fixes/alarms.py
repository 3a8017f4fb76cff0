"""Alarms follow time: they look at their own metric, period by period, and calm down again.

AWS ("Alarm evaluation", "Configuring how CloudWatch alarms treat missing data", CloudWatch User
Guide): an alarm watches the one metric with exactly its dimensions; it goes to ALARM when
DatapointsToAlarm of the last EvaluationPeriods periods breach, and back when they do not; what a
period without data counts as, says TreatMissingData.

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
    """The metric's value in each evaluated period, newest first; None where there is no data."""
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    points = list(cloudwatch._metrics.get(key) or [])
    period, count = int(alarm["Period"]), int(alarm["EvaluationPeriods"])
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
    treat = alarm.get("TreatMissingData") or "missing"
    needed = int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"])
    compare, threshold = COMPARISONS[alarm["ComparisonOperator"]], float(alarm["Threshold"])
    breaching = sum(compare(value, threshold) for value in values if value is not None)
    missing = values.count(None)
    if missing == len(values) and treat in ("missing", "ignore"):
        return "INSUFFICIENT_DATA" if treat == "missing" else str(alarm["StateValue"])
    if treat == "breaching":
        breaching += missing
    return "ALARM" if breaching >= needed else "OK"


def _change(alarm: dict[str, Any], state: str, reason: str) -> None:
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
    fixes.changed()
