"""A function sees its code, its layers, boto3 and the variables AWS sets, and nothing else.

AWS ("Using Lambda environment variables", "Working with layers for Python Lambda functions",
Lambda Developer Guide): the runtime sets AWS_LAMBDA_FUNCTION_NAME, …_VERSION, …_LOG_GROUP_NAME,
AWS_EXECUTION_ENV and others; layers are unpacked to /opt, later ones over earlier ones, and
stand on the search path after the function's own code; the Python runtimes include boto3. A
start that takes more than ten seconds is ended and tried once more, then for as long as the
function's timeout ("Understanding the Lambda execution environment lifecycle", ditto).

MiniStack 1.5.33 hands functions its own whole environment and all its packages, leaves several
variables out, puts layers before the function's code, waits for a start for ever, and unpacks
everything once per process (20 requests a second made 18 GB of temporary files).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from sandbox.environment import function_environment, node_path, python_path, runtime_folder
from sandbox.packages import Packages
from sandbox.spare import Spare, start, start_python
from settings import Settings

# Written to stderr when the handler has returned. MiniStack waits 50 ms for lines that may come.
LAST_LINE = "\x1emade-all-its-output\x1e"
CALL = "            result = handler_fn(event, context)\n"
MARKED_CALL = CALL + f"            sys.stderr.write({LAST_LINE + chr(10)!r}); sys.stderr.flush()\n"
NOISE_LINES = 200  # of a module that prints while it is imported, before the worker says "ready"
START_SECONDS = 10.0
# What a worker's next start is: the first attempt, before any call; the second one, by a call; or both, by a call.
EARLY, FAILED_EARLY, CALLED = "early", "failed early", "called"
# MiniStack answers a call whose process did not start with the exception's name and text.
StartTimedOut = type("Sandbox.Timedout", (RuntimeError,), {})


def apply(settings: Settings) -> None:
    """Replace how a function's process is started, and what is removed with it."""
    packages = Packages(settings.temp / "packages")
    runtime = runtime_folder(settings.temp)
    # Node asks the nearest package.json what kind of module a file is: a project's own must not answer for functions.
    (settings.temp / "package.json").write_text("{}\n")
    spare = Spare(settings.temp, runtime, _python_script())
    worker = lambda_runtime.Worker

    def spawn(self: Any) -> None:
        self._discard_tmpdir()  # of a process that ended by itself
        self._tmpdir = tempfile.mkdtemp(prefix="function-", dir=settings.temp)
        code, *layers = self._packages = [packages.take(archive) for archive in _archives(self)]
        timeout = self.config.get("Timeout", 3)
        try:
            for seconds in _attempts(self, float(timeout)):
                self._proc = begin(self, code, layers)
                _collect_stderr(self)
                if _starts_within(seconds, self, code):
                    self._start_time, self.stage = time.time(), CALLED
                    return
            raise StartTimedOut(f"Task timed out after {timeout}.00 seconds")
        except Exception:
            # One that has failed may live on for a moment: a call that comes now must not take it for started.
            lambda_runtime.kill_workers([self])
            raise

    def begin(self: Any, code: Path, layers: list[Path]) -> subprocess.Popen[str]:
        scratch = Path(self._tmpdir)
        environment = function_environment(self.config, settings.port, code, scratch)
        if not self.config.get("Runtime", "").startswith("python"):
            return start(_command(self.config, scratch), environment | {"NODE_PATH": node_path(layers)}, code)
        path = python_path(layers, runtime)
        environment["PYTHONPATH"] = os.pathsep.join(path)
        return (spare.become(environment, code, scratch, path)
                or start_python(_written(scratch / "_worker.py", _python_script()), environment, code))

    discard = worker._discard_tmpdir

    def discard_tmpdir(self: Any) -> None:
        _release(self, packages)
        discard(self)

    worker._spawn, worker._discard_tmpdir = spawn, discard_tmpdir
    _wrap_drain(worker)


def _attempts(worker: Any, timeout: float) -> list[float]:
    """How many seconds each attempt of the next start has."""
    stage = getattr(worker, "stage", CALLED)
    worker.stage = FAILED_EARLY if stage == EARLY else CALLED
    return {EARLY: [START_SECONDS], FAILED_EARLY: [timeout]}.get(stage, [START_SECONDS, timeout])


def _wrap_drain(worker: Any) -> None:
    """Take a call's output as soon as it is complete."""
    drain = worker._drain_stderr_bounded

    def drain_to_last_line(self: Any, *waits: float) -> str:
        lines = []
        while True:
            try:
                lines.append(self._stderr_queue.get(timeout=0.05))
            except Empty:  # the handler failed, or it is not Python
                return "\n".join([*lines, *filter(None, [drain(self, 0.001)])])
            if lines[-1].endswith(LAST_LINE):
                own = lines.pop().removesuffix(LAST_LINE)
                return "\n".join([*lines, *filter(None, [own])])

    worker._drain_stderr_bounded = drain_to_last_line


def _release(worker: Any, packages: Packages) -> None:
    for place in getattr(worker, "_packages", []):
        packages.give_back(place)
    worker._packages = []


def _archives(worker: Any) -> list[bytes]:
    layers = [lambda_svc._resolve_layer_zip(layer) for layer in worker.config.get("Layers") or []]
    return [worker.code_zip, *filter(None, layers)]


def _python_script() -> str:
    """MiniStack's own for Python, which marks the end of each call's output."""
    return str(lambda_runtime._PYTHON_WORKER_SCRIPT.replace(CALL, MARKED_CALL))


def _command(config: dict[str, Any], scratch: Path) -> list[str]:
    """The command line of a worker that is not Python."""
    name = config.get("Runtime", "")
    binary, script = lambda_runtime._detect_runtime_binary(name)
    if not binary:
        raise RuntimeError(f"Unsupported runtime: {name}")
    return [binary, str(_written(scratch / f"_worker{lambda_runtime._worker_script_extension(name)}", script))]


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _collect_stderr(worker: Any) -> None:
    worker._stderr_queue = Queue()
    worker._stderr_thread = threading.Thread(target=worker._read_stderr, daemon=True)
    worker._stderr_thread.start()


def _starts_within(seconds: float, worker: Any, code: Path) -> bool:
    """Whether the worker has its handler by then; else it is ended."""
    late = threading.Event()

    def end(process: Any = worker._proc) -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        _introduce(worker, code)
    except (RuntimeError, OSError):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
    return not late.is_set()


def _introduce(worker: Any, code: Path) -> None:
    """Tell the worker which handler to load and wait until it has."""
    config = worker.config
    module, _, handler = config.get("Handler", "index.handler").rpartition(".")
    if config.get("Runtime", "").startswith("python"):
        module = module.replace("/", ".")
    worker._proc.stdin.write(json.dumps({
        "code_dir": str(code), "module": module, "handler": handler, "env": {},
        "function_name": config.get("FunctionName", ""), "memory": config.get("MemorySize", 128),
        "arn": config.get("FunctionArn", ""),
        "snapstart": (config.get("SnapStart") or {}).get("OptimizationStatus") == "On",
    }) + "\n")
    worker._proc.stdin.flush()
    answer = _first_answer(worker)
    if answer.get("status") != "ready":
        raise RuntimeError(f"Worker init failed: {answer.get('error')}")


def _first_answer(worker: Any) -> dict[str, Any]:
    for _ in range(NOISE_LINES):
        line = worker._proc.stdout.readline()
        if not line:
            worker._stderr_thread.join(1)
            raise RuntimeError(f"Worker process exited immediately. stderr: {worker._drain_stderr()}")
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict):
            return answer
    raise RuntimeError("No JSON init response from worker")
