"""One log line per request; what no handler took becomes a plain 500 here."""

import time
import traceback
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rawscribe.errors import error_response
from rawscribe.log import log_line

_FRAMES = 8


class RequestLog:
    """ASGI middleware: logs request id, method, path, status, milliseconds and version."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self._app = app
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watch the status, log once."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0
        trouble: dict[str, object] = {}

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            trouble = _describe(error)
            if status == 0:
                answer = error_response(500, "internal_error", "our mistake; it was logged")
                await answer(scope, receive, watch)
        log_line(
            "error" if trouble else "info",
            "request",
            requestId=_request_id(scope),
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round((time.perf_counter() - started) * 1000, 1),
            version=self._version,
            **trouble,
        )


def _describe(error: Exception) -> dict[str, object]:
    # Frames and type only: the text of an exception may quote what the user sent.
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "frames": where}


def _request_id(scope: Scope) -> str | None:
    event: dict[str, Any] = scope.get("aws.event") or {}
    gateway_id = (event.get("requestContext") or {}).get("requestId")
    return gateway_id or getattr(scope.get("aws.context"), "aws_request_id", None)
