"""A failed call tells the exception's class.

AWS ("Lambda function errors in Python", Lambda Developer Guide): the payload of a call that
failed has errorMessage, errorType (the exception's class) and stackTrace.

MiniStack 1.5.33 says `Runtime.HandlerError` of every exception.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services import lambda_svc
from settings import Settings

UNTOLD = "Runtime.HandlerError"
LAST_LINE = re.compile(r"^(?:[\w.]+\.)?(\w+)(?::|$)")


def apply(settings: Settings) -> None:
    """Read the class from the traceback in the log."""
    original = lambda_svc._execute_function_warm

    def execute(record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = original(record, event, request_id)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == UNTOLD:
            body |= _told_by(result.get("log") or "")
        return result

    lambda_svc._execute_function_warm = execute


def _told_by(log: str) -> dict[str, Any]:
    start = log.rfind("Traceback (most recent call last):")
    lines = log[start:].rstrip().splitlines() if start >= 0 else []
    told = next((line for line in reversed(lines) if line and not line.startswith(" ")), "")
    match = LAST_LINE.match(told)
    return {"errorType": match[1], "stackTrace": lines[1:-1]} if match else {}
