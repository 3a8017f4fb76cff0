"""MiniStack's application behind one port on 127.0.0.1, with saving and a status page."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack_app
from ministack.core import lambda_runtime
from settings import HOST, Settings
from state.checkpoint import Checkpoints
from status import STATUS_PATH, Status

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

EXIT_UNSAVED = 1
# Names of operations that only read, in a header, a query or a form: nothing to save after them.
READING = ("Describe", "List", "Get", "BatchGet", "Query", "Scan", "Head", "Validate", "Filter", "Lookup",
           "AssumeRole", "DecodeAuthorization")


def only_reads(scope: Scope) -> bool:
    """Whether a request cannot have changed anything that is kept.

    Form-encoded operations (CloudFormation, IAM …) are named in the body, which is not looked
    at here: they count as changes, and saving an unchanged state writes nothing new.
    """
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return True
    headers = dict(scope["headers"])
    operation: str = headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    return operation.startswith(READING)


class Front:
    """The ASGI application that the port serves."""

    def __init__(self, inner: Application, checkpoints: Checkpoints, status: Status) -> None:
        self._inner = inner
        self._checkpoints = checkpoints
        self._status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on and have its changes saved."""
        if scope["type"] == "http" and scope["path"] == STATUS_PATH:
            await _send_json(send, self._status.report())
            return
        if scope["type"] != "http" or only_reads(scope):
            await self._inner(scope, receive, send)
            return
        with self._checkpoints.changing():
            await self._inner(scope, receive, send)


async def _send_json(send: Send, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": data})


def use_own_persistence(checkpoints: Checkpoints) -> None:
    """Keep MiniStack from reading and writing state files of its own.

    Its reset empties the memory; what is saved follows like any other change.
    """
    ministack_app._load_persisted_state = lambda: None
    ministack_app.save_all = lambda services: None
    reset = ministack_app._reset_all_state

    def reset_and_save() -> None:
        reset()
        checkpoints.changed()

    ministack_app._reset_all_state = reset_and_save


async def run(settings: Settings, checkpoints: Checkpoints, status: Status) -> None:
    """Serve until SIGTERM or SIGINT, then save once more."""
    config = Config()
    config.bind = [f"{HOST}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.loglevel = settings.log_level
    config.graceful_timeout = 2
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    saving = asyncio.create_task(checkpoints.run())
    saving.add_done_callback(_end_loudly)
    front = Front(ministack_app.app, checkpoints, status)
    await serve(front, config, shutdown_trigger=stopped.wait)
    saving.cancel()
    if await checkpoints.save_last():
        _leave(0)
    sys.stderr.write(f"local AWS: the last changes are lost, {settings.state} could not be written: "
                     f"{checkpoints.problem}. It begins with {checkpoints.saved or 'nothing'} the next time\n")
    _leave(EXIT_UNSAVED)


def _leave(code: int) -> None:
    """End at once: a thread may wait minutes for a signal to a stack, and would be waited for."""
    lambda_runtime.reset()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def _end_loudly(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logging.getLogger("state").critical("saving has stopped", exc_info=task.exception())
        sys.exit(1)
