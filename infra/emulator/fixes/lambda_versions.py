"""Publishing a version checks what it is given and makes none of what has one.

AWS (PublishVersion, API reference): with CodeSha256 or RevisionId the version is published only
when they are those of $LATEST; no version is made when code and configuration are those of the
last version, that one is answered instead.

MiniStack 1.5.33 looks at neither, and takes the same bytes uploaded again for a change.
"""

from __future__ import annotations

from typing import Any

from answers import Answer, refuse
from ministack.services import lambda_svc
from settings import Settings

# Differ between $LATEST and a version of it, whatever the function is like.
OF_THE_RECORD = ("Version", "FunctionArn", "RevisionId", "LastModified", "State", "StateReason", "StateReasonCode",
                 "LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "Description")


def apply(settings: Settings) -> None:
    """Put the checks before publishing."""
    original = lambda_svc._publish_version

    def publish_version(name: str, data: dict[str, Any]) -> Answer:
        function = lambda_svc._functions.get(name)
        refused = function and (_other_code(function, data) or lambda_svc._check_revision(function["config"], data))
        if refused:
            answer: Answer = refused
            return answer
        if function:
            _recognise_unchanged(function)
        published: Answer = original(name, data)
        return published

    lambda_svc._publish_version = publish_version


def _other_code(function: dict[str, Any], data: dict[str, Any]) -> Answer | None:
    expected, current = data.get("CodeSha256"), function["config"].get("CodeSha256")
    if not expected or expected == current:
        return None
    return refuse("InvalidParameterValueException",
                  f"CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({current}). "
                  "Please try again with the CodeSHA256 in $LATEST.")


def _recognise_unchanged(function: dict[str, Any]) -> None:
    """Mark the last version as made from $LATEST when both are alike; MiniStack then answers it."""
    latest = function["versions"].get(max(function["versions"], key=int, default=""))
    if latest and _substance(latest["config"]) == _substance(function["config"]):
        latest["function_revision"] = function["config"].get("RevisionId")


def _substance(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in OF_THE_RECORD and value is not None}
