"""A template or request that cannot work is refused before anything is made.

AWS (CreateStack, API reference; "Acknowledging IAM resources in CloudFormation templates", User
Guide): parameters the template does not have are refused, as are parameters without a value,
references to what the template does not define, and IAM resources nobody acknowledged.

MiniStack 1.5.33 ignores unknown parameters, turns an unresolved Ref into its own name, and asks
for capabilities only with AUTH=true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers
from settings import Settings


class Refused(ValueError):
    """CloudFormation's text for a request it does not accept."""


def apply(settings: Settings) -> None:
    """Put the checks where the three operations that take templates pass."""
    handlers._capabilities_enforced = lambda: True
    resolve, validate = engine._resolve_parameters, engine.validate_template_support

    def resolve_parameters(template: dict[str, Any], provided: list[dict[str, Any]], previous: Any = None) -> Any:
        _check_names(template, provided, previous or {})
        try:
            return resolve(template, provided, previous)
        except ValueError as error:
            raise Refused(_as_aws_says(str(error))) from None

    def validate_template(template: dict[str, Any], *rest: Any, **options: Any) -> Any:
        _check_references(template)
        return validate(template, *rest, **options)

    for module in (handlers, changesets):
        module._resolve_parameters, module.validate_template_support = resolve_parameters, validate_template


def _check_names(template: dict[str, Any], provided: list[dict[str, Any]], previous: dict[str, Any]) -> None:
    known = template.get("Parameters") or {}
    names = {str(parameter.get("ParameterKey") or parameter.get("Key")) for parameter in provided}
    unknown = sorted(names - set(known))
    if unknown:
        raise Refused(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, rule in known.items()
               if "Default" not in rule and name not in names and name not in previous]
    if missing:
        raise Refused(f"Parameters: [{', '.join(missing)}] must have values")


def _as_aws_says(text: str) -> str:
    match = re.match(r"Parameter '([^']+)' value '.*' is not in AllowedValues", text, re.DOTALL)
    return f"Parameter '{match[1]}' must be one of AllowedValues" if match else text


def _check_references(template: dict[str, Any]) -> None:
    resources = template.get("Resources") or {}
    names = set(resources) | set(template.get("Parameters") or {})
    for section in ("Resources", "Outputs"):
        wanted = {name for value in (template.get(section) or {}).values() for name in _references(value)}
        unknown = sorted(name for name in wanted - names if not name.startswith("AWS::"))
        if unknown:
            raise Refused(f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] "
                          f"in the {section} block of the template")


def _references(definition: Any) -> Iterator[str]:
    if not isinstance(definition, dict):
        return
    elsewhere = {key: value for key, value in definition.items() if key != "DependsOn"}
    for name, _ in engine._intrinsic_references(elsewhere):
        yield name
    depends = definition.get("DependsOn") or []
    yield from [depends] if isinstance(depends, str) else depends
