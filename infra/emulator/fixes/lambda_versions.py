"""Publishing a version checks what it is given and makes none of what has one; a version's code is its own.

AWS (PublishVersion, API reference): with CodeSha256 or RevisionId the version is published only
when they are those of $LATEST; no version is made when code and configuration are those of the
last version, that one is answered instead. An update with Publish does the same as publishing afterwards
(UpdateFunctionCode, API reference). The link that GetFunction gives (Code.Location) leads to the code of
the version or alias that was asked for.

MiniStack 1.5.33 looks at neither, takes the same bytes uploaded again for a change, makes a version without an ARN
of its own by every update with Publish, and links every version to the code of $LATEST.
"""

from __future__ import annotations

from typing import Any

from answers import Answer, changed, refuse
from ministack.services import lambda_svc
from settings import Settings

# Differ between $LATEST and a version of it, whatever the function is like.
OF_THE_RECORD = ("Version", "FunctionArn", "RevisionId", "LastModified", "State", "StateReason", "StateReasonCode",
                 "LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "Description")


def apply(settings: Settings) -> None:
    """Put the checks before publishing."""
    original, update = lambda_svc._publish_version, lambda_svc._update_code

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

    def update_code(name: str, data: dict[str, Any]) -> Answer:
        updated: Answer = update(name, {**data, "Publish": False})
        if updated[0] >= 400 or not data.get("Publish") or data.get("DryRun"):
            return updated
        _, headers, body = publish_version(name, {})
        return 200, headers, body

    lambda_svc._publish_version, lambda_svc._update_code = publish_version, update_code
    _link_each_version()


def _link_each_version() -> None:
    get_function, serve_code = lambda_svc._get_function, lambda_svc.serve_function_code

    def get_version(name: str, qualifier: str | None = None) -> Answer:
        return changed(get_function(name, qualifier), lambda found: _name_version(name, found))

    def serve_version(name: str, account_id: str | None = None, region: str | None = None) -> Answer:
        plain, _, version = name.partition(":")
        scope = (account_id, region, plain)
        function = lambda_svc._functions.get_scoped(*scope) if account_id and region else None
        record = ((function or {}).get("versions") or {}).get(version)
        if record is None:
            served: Answer = serve_code(plain, account_id, region)
            return served
        return 200, {"Content-Type": "application/zip"}, record.get("code_zip") or b""

    lambda_svc._get_function = get_version
    lambda_svc.serve_function_code = serve_version


def _name_version(name: str, found: dict[str, Any]) -> None:
    version, code = found["Configuration"].get("Version", "$LATEST"), found["Code"]
    if version != "$LATEST" and "Location" in code:
        code["Location"] = code["Location"].replace(f"/{name}?", f"/{name}:{version}?", 1)


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
