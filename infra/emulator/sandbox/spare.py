"""A Python process that stands ready and has loaded what every function loads: a new function begins in it.

On AWS too the runtime is there before a function's own code is loaded ("Understanding the Lambda execution environment
lifecycle", Lambda Developer Guide). Here a new interpreter and botocore are a third of a cold start, and every release
waits for one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.environment import RUNTIME_MODULES, RUNTIME_PACKAGES

# Not while the functions that were just called are starting: it would take their processor.
IDLE_SECONDS = 1.0

# The first line that comes in says what to become. End of input: the local AWS is gone, or wants none.
PRELUDE = """
import asyncio, json, os, sys, time
import botocore.handlers, botocore.session

_become = json.loads(sys.stdin.readline() or "null")
if _become is None:
    sys.exit()
os.environ.update(_become["environment"])
time.tzset()
os.chdir(_become["code"])
sys.path[:2] = [_become["scratch"], *_become["path"]]
"""
RESERVED = frozenset({*sys.stdlib_module_names, *RUNTIME_MODULES, *RUNTIME_PACKAGES})


class Spare:
    """One such process at a time, made ready some time after a function began. For any thread."""

    def __init__(self, temp: Path, runtime: Path, worker_script: str) -> None:
        self._script = temp / "spare.py"
        self._script.write_text(PRELUDE + worker_script, encoding="utf-8")
        self._runtime = runtime
        self._lock = threading.Lock()
        self._ready: subprocess.Popen[str] | None = None
        self._timer: threading.Timer | None = None

    def become(self, environment: Mapping[str, str], code: Path, scratch: Path,
               path: Iterable[str]) -> subprocess.Popen[str] | None:
        """The process, about to introduce itself as this function; None where there is none, or it may not be used."""
        path = list(path)
        with self._lock:
            self._prepare_later()
            if self._ready is None or _shadows([code, *map(Path, path[:-1])]):
                return None
            process, self._ready = self._ready, None
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps({"environment": dict(environment), "code": str(code),
                                            "scratch": str(scratch), "path": path}) + "\n")
            process.stdin.flush()
        except OSError:  # it has ended
            process.kill()
            process.wait()
            return None
        return process

    def _prepare_later(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(IDLE_SECONDS, self._prepare)
            self._timer.daemon = True
            self._timer.start()

    def _prepare(self) -> None:
        with self._lock:
            self._timer = None
            if self._ready is None:
                self._ready = start_python(self._script, {"PYTHONPATH": str(self._runtime), "LANG": "en_US.UTF-8",
                                                          "TZ": ":UTC"}, self._script.parent)


def start_python(script: Path, environment: Mapping[str, str], folder: Path) -> subprocess.Popen[str]:
    """A Python process that sees none of this one's packages (-S), none of the user's (-s)."""
    return start([sys.executable, "-S", "-s", str(script)], environment, folder)


def start(command: list[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[str]:
    """A process that is spoken to line by line."""
    return subprocess.Popen(command, cwd=folder, env=dict(environment), text=True, bufsize=1,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _shadows(folders: Iterable[Path]) -> bool:
    """Whether code or layers bring a module of their own in place of one that is loaded already."""
    return any(entry.name.split(".")[0] in RESERVED for folder in folders for entry in folder.iterdir())
