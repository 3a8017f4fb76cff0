"""A template or request that cannot work is refused before anything is made.

AWS (CreateStack, API reference; "Acknowledging IAM resources in CloudFormation templates", User
Guide; "Resources section", "Condition attribute", Template Reference): a template without
resources is refused, as are parameters the template does not have, parameters without a value,
conditions and references that the template does not define, references to a resource whose
condition is false (but for a branch of Fn::If that is not taken), resources that wait for each
other, and IAM resources nobody acknowledged.

MiniStack 1.5.33 makes an empty stack, ignores unknown parameters, turns an unresolved Ref into its own name, takes an
unknown condition for true, finds a circle only when it creates (CREATE_FAILED), and asks for
capabilities only with AUTH=true.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers
from references import SECTIONS, circle, conditions_named, existing, references
from settings import Settings


class Refused(ValueError):
    """CloudFormation's text for a request it does not accept."""


def apply(settings: Settings) -> None:
    """Put the checks where the three operations that take templates pass."""
    handlers._capabilities_enforced = lambda: True
    resolve, validate = engine._resolve_parameters, engine.validate_template_support

    def resolve_parameters(template: dict[str, Any], provided: list[dict[str, Any]], previous: Any = None) -> Any:
        if not template.get("Resources"):
            raise Refused("Template format error: At least one Resources member must be defined.")
        _check_names(template, provided, previous or {})
        _check_conditions(template)
        try:
            return resolve(template, provided, previous)
        except ValueError as error:
            raise Refused(_as_aws_says(str(error))) from None

    def validate_template(template: dict[str, Any], conditions: dict[str, bool], *rest: Any, **options: Any) -> Any:
        if template.get("Transform"):  # ValidateTemplate of what a macro has yet to write
            return validate(template, conditions, *rest, **options)
        _check_conditions(template)
        # ValidateTemplate knows no parameters, and so no condition's value.
        _check_references(template, conditions if "params" in options else {})
        return validate(template, conditions, *rest, **options)

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


def _check_conditions(template: dict[str, Any]) -> None:
    """Conditions are made of parameters and of each other; who names one names one there is."""
    defined = template.get("Conditions") or {}
    ghosts = sorted(references(defined) - set(template.get("Parameters") or {}))
    if ghosts:
        raise Refused(f"Template format error: Unresolved dependencies [{', '.join(ghosts)}]. "
                      "Cannot reference resources in the Conditions block of the template")
    unknown = sorted(set(conditions_named(defined, "Condition")) - set(defined))
    if unknown:
        raise Refused(f"Template format error: Unresolved condition dependencies [{', '.join(unknown)}] "
                      "in the Conditions block of the template")
    for section in SECTIONS:
        for member in (template.get(section) or {}).values():
            name = member.get("Condition") if isinstance(member, dict) else None
            if isinstance(name, str) and name not in defined:
                raise Refused(f"Template format error: Unresolved condition dependency {name} "
                              f"in the {section} block of the template")
        for name in conditions_named(template.get(section) or {}):
            if name not in defined:
                raise Refused(f"Template error: unresolved condition dependency {name} in Fn::If")


def _check_references(template: dict[str, Any], conditions: dict[str, bool]) -> None:
    """What is not made because of its condition cannot be referred to, but for a branch not taken."""
    resources = existing(template, "Resources", conditions)
    names = set(resources) | set(template.get("Parameters") or {})
    for section in SECTIONS:
        wanted = {name for member in existing(template, section, conditions).values() for name in references(member)}
        unknown = sorted(wanted - names)
        if unknown:
            raise Refused(f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] "
                          f"in the {section} block of the template")
    waiting = circle(resources)
    if waiting:
        raise Refused(f"Circular dependency between resources: [{', '.join(waiting)}]")
