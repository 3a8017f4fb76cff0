"""A failing function is a 502 that tells nothing, with the API's own headers; and it is counted.

AWS ("Handle Lambda errors in API Gateway", "Gateway responses", "Amazon API Gateway dimensions and
metrics", API Gateway Developer Guide): a function that fails, or answers in another form than the
proxy integration's, gives 502 `Internal server error`, shaped by the DEFAULT_5XX gateway response
(where CORS headers come from); one that takes longer than the integration's timeout, 29 seconds if
it says nothing, gives 504 `Endpoint request timed out` (INTEGRATION_TIMEOUT); Count, 4XXError,
5XXError and Latency are recorded by API and stage.

MiniStack 1.5.33 shows the caller the function's error, or its own where the answer's status or body
is of another type, without those headers; it waits as long as the function takes, and counts nothing.
"""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1 as gateway
from ministack.services import cloudwatch
from settings import Settings

BAD_GATEWAY = 502
LONGEST_MS = 29_000
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
        well_formed = isinstance(answer, dict) and _is_proxy_answer(answer)
        marks = _failed.get()
        if marks is not None and (error or result.get("error") or not (well_formed or result.get("throttle"))):
            marks.append(True)
            response = response and {"statusCode": BAD_GATEWAY}  # what is malformed is not read any further
        return response, error

    gateway._lambda_proxy_response = lambda_proxy_response


def _is_proxy_answer(answer: dict[str, Any]) -> bool:
    status, body = answer.get("statusCode", 200), answer.get("body")
    return set(answer) <= PROXY_FIELDS and str(status).isdigit() and (body is None or isinstance(body, str))


def _wrap_integration() -> None:
    original = gateway._invoke_lambda_proxy_v1

    async def invoke(integration: dict[str, Any], *rest: Any, **options: Any) -> Any:
        call = asyncio.create_task(original(integration, *rest, **options))
        limit_ms = int(integration.get("timeoutInMillis") or LONGEST_MS)
        done, _ = await asyncio.wait({call}, timeout=limit_ms / 1000)  # a function goes on when nobody waits for it
        if not done:
            return gateway._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        return gateway._gw_error("DEFAULT_5XX", "Internal server error") if _failed.get() else call.result()

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
