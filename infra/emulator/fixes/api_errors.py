"""A failing function is a 502 that tells nothing, with the API's own headers; and it is counted.

AWS ("Handle Lambda errors in API Gateway", "Gateway responses", "Amazon API Gateway dimensions and
metrics", API Gateway Developer Guide): a function that fails, or answers in another form than the
proxy integration's, gives 502 `Internal server error`, shaped by the DEFAULT_5XX gateway response
(where CORS headers come from); Count, 4XXError, 5XXError and Latency are recorded by API and stage.

MiniStack 1.5.33 shows the caller the function's error, without those headers, and counts nothing.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1 as gateway
from ministack.services import cloudwatch
from settings import Settings

BAD_GATEWAY = 502
PROXY_FIELDS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_failed: ContextVar[list[bool] | None] = ContextVar("failed", default=None)


def apply(settings: Settings) -> None:
    """Mark failed calls where they are interpreted, and answer for them at the edge."""
    _wrap_interpretation()
    _wrap_integration()
    _wrap_edge()


def _wrap_interpretation() -> None:
    original = gateway._lambda_proxy_response

    def lambda_proxy_response(result: dict[str, Any]) -> Any:
        response, error = original(result)
        answer = result.get("body")
        well_formed = isinstance(answer, dict) and set(answer) <= PROXY_FIELDS
        marks = _failed.get()
        if marks is not None and (error or result.get("error") or not (well_formed or result.get("throttle"))):
            marks.append(True)
        return response, error

    gateway._lambda_proxy_response = lambda_proxy_response


def _wrap_integration() -> None:
    original = gateway._invoke_lambda_proxy_v1

    async def invoke(*arguments: Any, **options: Any) -> Any:
        answer = await original(*arguments, **options)
        return gateway._gw_error("DEFAULT_5XX", "Internal server error") if _failed.get() else answer

    gateway._invoke_lambda_proxy_v1 = invoke


def _wrap_edge() -> None:
    original = gateway._handle_execute_in_scope

    async def handle(api_id: str, stage: str, *rest: Any) -> Any:
        token, started = _failed.set([]), time.monotonic()
        try:
            status, headers, body = await original(api_id, stage, *rest)
            if _failed.get() and status == 500:
                status = BAD_GATEWAY
        finally:
            _failed.reset(token)
        _count(api_id, stage, status, (time.monotonic() - started) * 1000)
        return status, headers, body

    gateway._handle_execute_in_scope = handle


def _count(api_id: str, stage: str, status: int, latency_ms: float) -> None:
    api = gateway._rest_apis.get(api_id)
    if api is None or stage not in gateway._stages_v1.get(api_id, {}):
        return
    values = {"Count": (1.0, "Count"), "4XXError": (float(400 <= status < 500), "Count"),
              "5XXError": (float(status >= 500), "Count"), "Latency": (latency_ms, "Milliseconds")}
    for dimensions in ({"ApiName": api["name"]}, {"ApiName": api["name"], "Stage": stage}):
        for name, (value, unit) in values.items():
            cloudwatch.record_metric("AWS/ApiGateway", name, value, unit, dimensions)
