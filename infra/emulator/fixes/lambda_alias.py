"""Aliases split traffic by weight and point at versions that exist.

AWS ("Implement Lambda canary deployments using a weighted alias", Lambda Developer Guide;
CreateAlias, API reference): a share of the calls goes to the additional version, whoever
calls; both versions must be published, $LATEST cannot take part; an alias cannot point at a
version that does not exist.

MiniStack 1.5.33 keeps the weights and sends everything to the first version.
"""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import Any

from answers import Answer, refuse
from ministack.services import lambda_svc
from settings import Settings

# The alias that a call named, while the version drawn for it is executed.
_called_alias: ContextVar[str] = ContextVar("called_alias", default="")


def apply(settings: Settings) -> None:
    """Draw a version for every call through an alias with weights."""
    _wrap_resolution()
    _wrap_invoke()
    _wrap_changes()


def _drawn_version(function: dict[str, Any] | None, qualifier: str | None) -> str:
    """The additional version that this call goes to, or "" for the alias's first one."""
    alias = (function or {}).get("aliases", {}).get(qualifier) or {}
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    draw = random.random()
    for version, weight in weights.items():
        if draw < float(weight):
            return str(version)
        draw -= float(weight)
    return ""


def _wrap_resolution() -> None:
    """API Gateway, event sources and all else that resolves a reference to a function."""
    effective, by_reference = lambda_svc._effective_func_record_for_qualifier, lambda_svc._get_func_record_for_ref

    def effective_record(function: Any, qualifier: str | None) -> Any:
        return effective(function, _drawn_version(function, qualifier) or qualifier)

    def record_for_reference(reference: str) -> Any:
        record, config, name = by_reference(reference)
        qualifier = lambda_svc._resolve_name_and_qualifier(reference)[1]
        if config is not None and qualifier:
            # The function is told, and its metrics carry, the reference that was called.
            config = {**config, "FunctionArn": f"{_unqualified(config['FunctionArn'])}:{qualifier}"}
        return record, config, name

    lambda_svc._effective_func_record_for_qualifier = effective_record
    lambda_svc._get_func_record_for_ref = record_for_reference


def _unqualified(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def _wrap_invoke() -> None:
    """The Invoke API, which resolves by itself."""
    invoke, execute = lambda_svc._invoke, lambda_svc._execute_function_with_config_scope

    async def invoke_drawn(
        name: str, event: Any, headers: dict[str, str], path_qualifier: str | None = None, query: Any = None
    ) -> Answer:
        qualifier = path_qualifier or lambda_svc._qp_first(query or {}, "Qualifier") or None
        version = _drawn_version(lambda_svc._functions.get(name), qualifier)
        _called_alias.set(qualifier or "" if version else "")
        answer: Answer = await invoke(name, event, headers, version or path_qualifier, query)
        return answer

    def execute_as_called(record: dict[str, Any], event: Any) -> Any:
        if _called_alias.get() and "config" in record:
            arn = f"{_unqualified(record['config']['FunctionArn'])}:{_called_alias.get()}"
            record = {**record, "config": {**record["config"], "FunctionArn": arn}}
        return execute(record, event)

    lambda_svc._invoke = invoke_drawn
    lambda_svc._execute_function_with_config_scope = execute_as_called


def _wrap_changes() -> None:
    create, update = lambda_svc._create_alias, lambda_svc._update_alias

    def create_alias(function: str, data: dict[str, Any]) -> Answer:
        return _refusal(function, {"FunctionVersion": "$LATEST", **data}) or create(function, data)

    def update_alias(function: str, alias: str, data: dict[str, Any]) -> Answer:
        current = lambda_svc._functions.get(function, {}).get("aliases", {}).get(alias, {})
        return _refusal(function, {**current, **data}) or update(function, alias, data)

    lambda_svc._create_alias, lambda_svc._update_alias = create_alias, update_alias


def _refusal(name: str, alias: dict[str, Any]) -> Answer | None:
    """Why an alias may not be like this."""
    function = lambda_svc._functions.get(name)
    if function is None or "FunctionVersion" not in alias:
        return None
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    versions = [str(alias["FunctionVersion"]), *map(str, weights)]
    if weights and "$LATEST" in versions:
        return refuse("InvalidParameterValueException",
                      "$LATEST is not supported for an alias pointing to more than 1 version")
    if any(not 0 <= float(weight) <= 1 for weight in weights.values()):
        return refuse("ValidationException", "Weights of an alias's versions lie between 0.0 and 1.0")
    for version in versions:
        if version != "$LATEST" and version not in function["versions"]:
            arn = f"{lambda_svc._func_arn(name)}:{version}"
            return refuse("ResourceNotFoundException", f"Function not found: {arn}", 404)
    return None
