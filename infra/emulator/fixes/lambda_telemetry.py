"""Every call of a function counts, with the dimensions that tell versions apart.

AWS ("Using CloudWatch metrics with Lambda", Lambda Developer Guide): Invocations, Errors,
Throttles and Duration are recorded for each call whoever makes it, by FunctionName, by
FunctionName and Resource (function:alias), and for aliases also by ExecutedVersion.

MiniStack 1.5.33 counts calls of the Invoke API only, by FunctionName alone: an alarm on a
canary's errors never sees the traffic that comes through the API.
"""

from __future__ import annotations

import time
from typing import Any

from ministack.services import cloudwatch, lambda_svc
from settings import Settings

import fixes


def apply(settings: Settings) -> None:
    """Count where all calls pass, and no longer in the Invoke API."""
    original = lambda_svc._execute_function
    lambda_svc._emit_lambda_metrics = lambda *_, **__: None

    def execute_function(record: dict[str, Any], event: Any) -> Any:
        config = record.get("config") or record
        if lambda_svc._function_config_scope_mismatch(config):
            return original(record, event)  # comes back here in the right account
        started = time.monotonic()
        result = original(record, event)
        _count(config, result if isinstance(result, dict) else {}, (time.monotonic() - started) * 1000)
        fixes.changed_a_little()
        return result

    lambda_svc._execute_function = execute_function


def _count(config: dict[str, Any], result: dict[str, Any], duration_ms: float) -> None:
    throttled = bool(result.get("throttle"))
    values = {"Throttles": (1.0 if throttled else 0.0, "Count")}
    if not throttled:
        failed = bool(result.get("error"))
        values |= {"Invocations": (1.0, "Count"), "Errors": (1.0 if failed else 0.0, "Count"),
                   "Duration": (duration_ms, "Milliseconds")}
    for dimensions in _dimensions(config):
        for name, (value, unit) in values.items():
            cloudwatch.record_metric("AWS/Lambda", name, value, unit, dimensions)


def _dimensions(config: dict[str, Any]) -> list[dict[str, str]]:
    name, version = config["FunctionName"], config.get("Version") or "$LATEST"
    resource = ":".join(config["FunctionArn"].split(":")[6:])
    sets: list[dict[str, str]] = [{}, {"FunctionName": name}, {"FunctionName": name, "Resource": resource}]
    qualifier = resource.partition(":")[2]
    if qualifier and qualifier != version:
        sets.append({"FunctionName": name, "Resource": resource, "ExecutedVersion": version})
    return sets
