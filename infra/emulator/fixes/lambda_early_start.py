"""A version that is published together with its code is started before anybody calls it.

AWS starts environments ahead of the calls now and then, also where no concurrency is provisioned
("Understanding the Lambda execution environment lifecycle", init phase, Lambda Developer Guide).
Such a start has the same ten seconds; after one that failed, the first call tries once more, for
as long as the function's timeout.

MiniStack 1.5.33 starts a function with its first call only. A release asks its new version as soon
as the update has settled: here it starts while that is waited for.
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import threading
from typing import Any

from answers import Answer
from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from settings import Settings

from fixes.lambda_sandbox import EARLY


def apply(settings: Settings) -> None:
    """Begin the process of a version when an update has published it."""
    update = lambda_svc._update_code

    def update_code(name: str, data: dict[str, Any]) -> Answer:
        answer: Answer = update(name, data)
        if answer[0] < 400 and data.get("Publish") and not data.get("DryRun"):
            version = json.loads(answer[2]).get("Version", "")
            record = lambda_svc._functions[name]["versions"].get(version) or {}
            if record.get("code_zip") and _has_room(settings):
                context = contextvars.copy_context()
                threading.Thread(target=context.run, args=(_start, name, record), daemon=True).start()
        return answer

    lambda_svc._update_code = update_code


def _has_room(settings: Settings) -> bool:
    """Nobody waits for it: it must not take the place of a process that is in use."""
    return bool(lambda_runtime.workers_in_use() < settings.workers)


def _start(name: str, record: dict[str, Any]) -> None:
    config = record["config"]
    if not str(config.get("Runtime", "")).startswith(("python", "nodejs")):
        return
    worker, reason = lambda_runtime.acquire_worker(name, config, record["code_zip"], qualifier=config["Version"])
    if reason != "spawn":
        lambda_runtime.release_worker(worker)
        return
    worker.stage = EARLY
    # A call may lease it from now on: it waits for the start, whose lock the worker holds.
    lambda_runtime.release_worker(worker)
    with contextlib.suppress(Exception):
        lambda_runtime.ensure_spawned(worker)
    with lambda_runtime._lock:
        kept = any(worker in pool for pool in lambda_runtime._workers.values())
    if not kept:  # its function was deleted meanwhile
        lambda_runtime.kill_workers([worker])
