"""What a template's resources and outputs refer to, once its conditions are known."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator
from typing import Any

from ministack.services.cloudformation import engine

SECTIONS = ("Resources", "Outputs")


def taken(value: Any, conditions: dict[str, bool]) -> Any:
    """A definition with each Fn::If replaced by the branch its condition takes."""
    if isinstance(value, list):
        return [taken(item, conditions) for item in value]
    if not isinstance(value, dict):
        return value
    choice = value.get("Fn::If")
    if isinstance(choice, list) and len(choice) == 3 and choice[0] in conditions:
        return taken(choice[1 if conditions[choice[0]] else 2], conditions)
    return {key: taken(item, conditions) for key, item in value.items()}


def existing(template: dict[str, Any], section: str, conditions: dict[str, bool]) -> dict[str, dict[str, Any]]:
    """The members of a section whose condition is not false, with only the branches they take."""
    members = (template.get(section) or {}).items()
    return {name: taken(member, conditions) for name, member in members
            if isinstance(member, dict) and conditions.get(str(member.get("Condition")), True)}


def references(definition: dict[str, Any]) -> set[str]:
    """The names that a resource or an output needs, pseudo parameters left out."""
    depends = definition.get("DependsOn") or []
    names = {depends} if isinstance(depends, str) else set(depends)
    names |= {name for name, _ in engine._intrinsic_references({**definition, "DependsOn": None})}
    return {name for name in names if not name.startswith("AWS::")}


def circle(resources: dict[str, dict[str, Any]]) -> list[str]:
    """Resources that wait for each other, by name; empty when there are none."""
    graph = {name: references(resource) & set(resources) for name, resource in resources.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return sorted(set(error.args[1]))
    return []


def conditions_named(value: Any, key: str = "Fn::If") -> Iterator[str]:
    """The conditions that `Fn::If` (or `Condition`, within the Conditions section) names anywhere in a value."""
    for item in value if isinstance(value, list) else []:
        yield from conditions_named(item, key)
    for name, item in value.items() if isinstance(value, dict) else []:
        named = item[0] if key == "Fn::If" and isinstance(item, list) and item else item
        if name == key and isinstance(named, str):
            yield named
        yield from conditions_named(item, key)
