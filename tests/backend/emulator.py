"""The local AWS API as a child process."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO


@contextmanager
def running(python: str, folder: Path) -> Iterator[str]:
    """Start it with all its files in ``folder``; gives the endpoint and ends it in any case."""
    if not Path(python).is_file():
        raise FileNotFoundError(f"no emulator at {python}: name its Python in RS_EMULATOR_PYTHON")
    port = _free_port()
    command = [python, "-m", "ministack"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(port, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        _wait_until_ready(process.stdout)
        drain = Thread(target=process.stdout.read, daemon=True)
        drain.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(process)


def _environment(port: int, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "INFO",
    }


def _wait_until_ready(output: IO[str]) -> None:
    seen = []
    for line in output:
        seen.append(line)
        if "Running on http" in line:
            return
    raise RuntimeError("the emulator did not start:\n" + "".join(seen))


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
