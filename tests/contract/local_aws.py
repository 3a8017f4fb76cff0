"""Starts and stops a local AWS for the contract tests."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from cloud import Cloud

LAUNCHER = Path(__file__).resolve().parents[2] / "infra" / "emulator" / "launch.py"
START_SECONDS = 60


def emulator_python() -> str:
    """The interpreter that has MiniStack: EMULATOR_PYTHON, else the one running the tests."""
    return os.environ.get("EMULATOR_PYTHON", sys.executable)


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cloud_of(local: LocalAws) -> Cloud:
    """What the tests ask, at this local AWS."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return Cloud(local.endpoint, "us-east-1", "000000000000", keys)


class LocalAws:
    """One local AWS in a temporary folder, or in one that is given (and then kept)."""

    def __init__(self, *arguments: str, folder: str = "") -> None:
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="contract-")
        self.folder = folder or str(self._temporary.name if self._temporary else "")
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.largest_file: int | None = None  # bytes; stands for a full disk
        # A proof leaves a fix out, here as well as in the local AWS that it starts itself.
        left_out = os.environ.get("CONTRACT_WITHOUT")
        self._arguments = (*arguments, "--without", left_out) if left_out else arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the process says."""
        return Path(self.folder) / "launcher.log"

    def __enter__(self) -> LocalAws:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._temporary:
            self._temporary.cleanup()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [emulator_python(), str(LAUNCHER), "--port", str(self.port), "--dir", self.folder]
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen([*command, *self._arguments], stdout=log, stderr=log,
                                             preexec_fn=self._limit_files)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._ready():
                return
            time.sleep(0.03)
        raise RuntimeError(f"the local AWS did not start:\n{self.log.read_text()}")

    def _limit_files(self) -> None:
        if self.largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest_file, self.largest_file))

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """End it and wait for that. Returns its exit code, 0 when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(sign)
        return process.wait(timeout=60)

    def status(self) -> dict[str, Any]:
        """What it says of itself."""
        with urllib.request.urlopen(f"{self.endpoint}/_rawscribe/status", timeout=10) as answer:
            report: dict[str, Any] = json.load(answer)
            return report

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            return False
