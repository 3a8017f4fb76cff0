"""Aliases split traffic by weight and point at versions that exist.

AWS ("Implement Lambda canary deployments using a weighted alias", Lambda Developer Guide;
CreateAlias, API reference): a share of the calls goes to the additional version, whoever
calls, waiting or not; an alias has two versions at most, both published ($LATEST cannot take
part) and with one role; it cannot point at a version that does not exist. Its description is
that of its first version, under the alias's ARN (GetFunctionConfiguration).

MiniStack 1.5.33 keeps the weights and sends everything to the first version.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from answers import Answer, refuse
from ministack.services import lambda_svc
from settings import Settings

MOST_VERSIONS = 2

# The alias that a call named, while the version drawn for it is executed.
_called_alias: ContextVar[str] = ContextVar("called_alias", default="")
# Whether a function is only described: then no version is drawn.
_described: ContextVar[bool] = ContextVar("described", default=False)


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
    """API Gateway, queues and all else that resolves a reference to a function."""
    effective, by_reference = lambda_svc._effective_func_record_for_qualifier, lambda_svc._get_func_record_for_ref

    def effective_record(function: Any, qualifier: str | None) -> Any:
        drawn = "" if _described.get() else _drawn_version(function, qualifier)
        record, config = effective(function, drawn or qualifier)
        if config is None or qualifier not in function.get("aliases", {}):
            return record, config
        named = _called_as(config, qualifier)
        return {**record, "config": named}, named

    def record_for_reference(reference: str) -> Any:
        record, config, name = by_reference(reference)
        qualifier = lambda_svc._resolve_name_and_qualifier(reference)[1]
        if config is not None and qualifier:
            config = _called_as(config, qualifier)
        return record, config, name

    lambda_svc._effective_func_record_for_qualifier = effective_record
    lambda_svc._get_func_record_for_ref = record_for_reference
    for description in ("_get_function", "_get_function_config"):
        setattr(lambda_svc, description, _without_drawing(getattr(lambda_svc, description)))


def _without_drawing(describe: Callable[..., Answer]) -> Callable[..., Answer]:
    def described(*arguments: Any) -> Answer:
        token = _described.set(True)
        try:
            return describe(*arguments)
        finally:
            _described.reset(token)

    return described


def _called_as(config: dict[str, Any], qualifier: str | None) -> dict[str, Any]:
    """The configuration as the function is told of it, and as its metrics carry it: by what was called."""
    return {**config, "FunctionArn": f"{_unqualified(config['FunctionArn'])}:{qualifier}"}


def _unqualified(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def _wrap_invoke() -> None:
    """The Invoke API, which resolves by itself."""
    invoke = lambda_svc._invoke

    async def invoke_drawn(
        name: str, event: Any, headers: dict[str, str], path_qualifier: str | None = None, query: Any = None
    ) -> Answer:
        qualifier = path_qualifier or lambda_svc._qp_first(query or {}, "Qualifier") or None
        version = _drawn_version(lambda_svc._functions.get(name), qualifier)
        _called_alias.set(qualifier or "" if version else "")
        answer: Answer = await invoke(name, event, headers, version or path_qualifier, query)
        return answer

    lambda_svc._invoke = invoke_drawn
    for execution in ("_execute_function_with_config_scope", "invoke_async_with_retry"):
        setattr(lambda_svc, execution, _as_called(getattr(lambda_svc, execution)))


def _as_called(execute: Callable[[dict[str, Any], Any], Any]) -> Callable[[dict[str, Any], Any], Any]:
    def execute_as_called(record: dict[str, Any], event: Any) -> Any:
        if _called_alias.get() and "config" in record:
            record = {**record, "config": _called_as(record["config"], _called_alias.get())}
        return execute(record, event)

    return execute_as_called


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
    if len(versions) > MOST_VERSIONS:
        return refuse("InvalidParameterValueException", f"An alias points to at most {MOST_VERSIONS} versions")
    if any(not 0 <= float(weight) <= 1 for weight in weights.values()):
        return refuse("ValidationException", "Weights of an alias's versions lie between 0.0 and 1.0")
    for version in versions:
        if version != "$LATEST" and version not in function["versions"]:
            arn = f"{lambda_svc._func_arn(name)}:{version}"
            return refuse("ResourceNotFoundException", f"Function not found: {arn}", 404)
    if len({function["versions"][version]["config"].get("Role") for version in versions if version != "$LATEST"}) > 1:
        return refuse("InvalidParameterValueException",
                      "Specified versions must be associated with the same execution role")
    return None
