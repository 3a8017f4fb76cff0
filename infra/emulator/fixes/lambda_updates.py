"""Changes of a function: one at a time, within the limits, and none by a dry run.

AWS ("Lambda function states", "Lambda quotas", Lambda Developer Guide; UpdateFunctionCode, API
reference): while LastUpdateStatus is InProgress every further change is refused with
ResourceConflictException; an update leaves State Active, since the old code goes on serving;
DryRun only checks; a directly uploaded package is at most 50 MB, an unpacked one 250 MB, the
environment 4 KB without the runtime's own variables. A stack that asks for more fails.

MiniStack 1.5.33 accepts the second change, sets State to Pending, carries a dry run out, and
knows none of these limits.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from contextvars import ContextVar
from typing import Any

from answers import Answer, changed, refuse
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners
from settings import Settings

LARGEST_REQUEST = 70_167_211  # bytes: 50 MB as base64, with what surrounds it
LARGEST_ENVIRONMENT = 4096  # bytes of its JSON
# "Defined runtime environment variables", Lambda Developer Guide: these cannot be set.
RESERVED = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
})
SETTLED = {"State": "Active", "LastUpdateStatus": "Successful"}

# CloudFormation changes code and configuration one after the other and waits in between.
_by_cloudformation: ContextVar[bool] = ContextVar("by_cloudformation", default=False)


class OverLimit(ValueError):
    """Lambda refused what a stack asked for; the text is what CloudFormation shows."""


def apply(settings: Settings) -> None:
    """Put the checks before the changes."""
    create, code, config, publish = (
        lambda_svc._create_function, lambda_svc._update_code, lambda_svc._update_config, lambda_svc._publish_version)

    def create_function(data: dict[str, Any]) -> Answer:
        return _over_limit(data.get("Code") or {}, "CreateFunction") or _bad_environment(data) or create(data)

    def update_code(name: str, data: dict[str, Any]) -> Answer:
        refused = _busy(name) or _over_limit(data, "UpdateFunctionCode")
        if refused:
            return refused
        if data.get("DryRun"):
            return _dry_run(name, data, code)
        return _still_active(name, code(name, data))

    def update_config(name: str, data: dict[str, Any]) -> Answer:
        return _busy(name) or _bad_environment(data) or _still_active(name, config(name, data))

    def publish_version(name: str, data: dict[str, Any]) -> Answer:
        return _busy(name) or publish(name, data)

    lambda_svc._create_function, lambda_svc._update_code = create_function, update_code
    lambda_svc._update_config, lambda_svc._publish_version = update_config, publish_version
    _wrap_cloudformation()


def _busy(name: str) -> Answer | None:
    config = lambda_svc._functions.get(name, {}).get("config", {})
    if _by_cloudformation.get() or not config:
        return None
    told = "The operation cannot be performed at this time."
    if config.get("LastUpdateStatus") == "InProgress" and config.get("State") == "Active":
        return refuse("ResourceConflictException",
                      f"{told} An update is in progress for resource: {lambda_svc._func_arn(name)}", 409)
    if config.get("State") == "Pending":
        return refuse("ResourceConflictException",
                      f"{told} The function is currently in the following state: Pending", 409)
    return None


def _over_limit(code: dict[str, Any], operation: str) -> Answer | None:
    if len(code.get("ZipFile") or "") > LARGEST_REQUEST:
        return refuse("RequestEntityTooLargeException",
                      f"Request must be smaller than {LARGEST_REQUEST} bytes for the {operation} operation", 413)
    return None


def _bad_environment(data: dict[str, Any]) -> Answer | None:
    variables = (data.get("Environment") or {}).get("Variables") or {}
    told = "Lambda was unable to configure your environment variables because the environment variables you have "
    reserved = sorted(name for name in variables if name in RESERVED)
    if reserved:
        return refuse("InvalidParameterValueException", told + (
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"))
    measured = json.dumps(variables, separators=(",", ":"))
    if len(measured.encode()) > LARGEST_ENVIRONMENT:
        return refuse("InvalidParameterValueException",
                      f"{told}provided exceeded the 4KB limit. String measured: {measured}")
    return None


def _dry_run(name: str, data: dict[str, Any], update: Any) -> Answer:
    """The answer of an update, on a copy that is thrown away."""
    function = lambda_svc._functions.get(name)
    if function is None:
        missing: Answer = update(name, data)
        return missing
    refused = lambda_svc._check_revision(function["config"], data)
    archive = _archive(data)
    refused = refused or (refuse("InvalidParameterValueException", "Could not fetch the deployment package")
                          if archive is None else lambda_svc._reject_unreadable_zip(archive))
    if refused:
        answer: Answer = refused
        return answer
    config = copy.deepcopy(function["config"])
    config["CodeSize"] = len(archive or b"")
    config["CodeSha256"] = base64.b64encode(hashlib.sha256(archive or b"").digest()).decode()
    return 200, {"Content-Type": "application/json"}, json.dumps(config).encode()


def _archive(data: dict[str, Any]) -> bytes | None:
    if "ZipFile" in data:
        return base64.b64decode(data["ZipFile"])
    fetched: bytes | None = lambda_svc._fetch_code_from_s3(
        data.get("S3Bucket"), data.get("S3Key"), version_id=data.get("S3ObjectVersion"))
    return fetched


def _still_active(name: str, answer: Answer) -> Answer:
    """An update does not take the function out of service."""

    def active(config: dict[str, Any]) -> None:
        config["State"] = "Active"
        for reason in ("StateReason", "StateReasonCode"):
            config.pop(reason, None)

    if answer[0] < 400:
        active(lambda_svc._functions[name]["config"])
    return changed(answer, active)


def _wrap_cloudformation() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def create_within_limits(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        refused = _bad_environment(properties) or _bad_package(properties.get("Code") or {})
        if refused:
            told = json.loads(refused[2])["message"]
            raise OverLimit(f'Resource handler returned message: "{told} (Service: Lambda, Status Code: {refused[0]})" '
                            "(HandlerErrorCode: InvalidRequest)")
        return create(logical_id, properties, stack)

    def update_and_settle(*arguments: Any) -> Any:
        token = _by_cloudformation.set(True)
        try:
            made = update(*arguments)
        finally:
            _by_cloudformation.reset(token)
        function = lambda_svc._functions.get(made[0])
        if function is not None:
            function["config"].update(SETTLED)
        return made

    handlers["create"], handlers["update"] = create_within_limits, update_and_settle


def _bad_package(code: dict[str, Any]) -> Answer | None:
    archive = _archive(code) if code.get("S3Bucket") else None
    refused: Answer | None = lambda_svc._reject_unreadable_zip(archive) if archive else None
    return refused
