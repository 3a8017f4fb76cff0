"""Change sets list what conditions add and take away.

AWS ("Conditions section", CloudFormation User Guide): a resource whose condition is false does
not exist for the stack; when a parameter flips the condition, its change set adds or removes
the resource, and a property set to AWS::NoValue is as if it were not there.

MiniStack 1.5.33 compares the templates' texts: switching user pool and buckets off by parameter
is shown as harmless modifications, and deletes them when executed.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import changesets
from ministack.services.cloudformation.engine import _NO_VALUE, _evaluate_conditions
from settings import Settings


def apply(settings: Settings) -> None:
    """Leave out what the conditions leave out, on both sides of the comparison."""
    original = changesets._resolve_props_for_diff

    def resolve(template: dict[str, Any], params: dict[str, Any], *rest: Any) -> dict[str, Any]:
        resolved: dict[str, Any] = original(template, params, *rest)
        if not resolved:
            return resolved
        conditions = _evaluate_conditions(template, params)
        resources = {
            logical_id: {**resource, "Properties": _without_no_value(resource.get("Properties") or {})}
            for logical_id, resource in resolved["Resources"].items()
            if conditions.get(resource.get("Condition"), True)
        }
        return {**resolved, "Resources": resources}

    changesets._resolve_props_for_diff = resolve


def _without_no_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_no_value(item) for key, item in value.items() if item is not _NO_VALUE}
    if isinstance(value, list):
        return [_without_no_value(item) for item in value if item is not _NO_VALUE]
    return value
