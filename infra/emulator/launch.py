"""Starts the local AWS: MiniStack, pinned, with the fixes of fixes/.

    python launch.py --port 4570 --dir /path/to/folder

Runs in the foreground until SIGTERM. Ready when GET /_ministack/ready answers 200; what it
is, and that it is ours, says GET /_rawscribe/status.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.metadata
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING

import lazy
from folder import FolderInUse, claim, clean_temporary_files
from settings import HOST, PINNED_MINISTACK, Settings, ministack_environment, parse_arguments

if TYPE_CHECKING:
    from typing import TextIO

EXIT_USAGE = 2
EXIT_UNUSABLE = 4


def unusable_because(settings: Settings) -> str:
    """Why this cannot start here, in one line with what to do; empty when it can."""
    try:
        version = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        version = "none"
    if version != PINNED_MINISTACK:
        return (f"the fixes are made for MiniStack {PINNED_MINISTACK}, this environment has {version}: "
                "install infra/toolchain/emulator.txt into it")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.port))
        except OSError as error:
            return f"port {settings.port} on {HOST} cannot be used ({error.strerror}): choose another with --port"
    return ""


def start(settings: Settings, lock: int) -> None:
    """Prepare this process, load the fixes and the state, and serve until told to stop."""
    environment = ministack_environment(settings, dict(os.environ))
    os.environ.clear()
    os.environ.update(environment)
    # What is imported stays: looking for garbage in it would cost start-up time, and later make
    # every saving child copy the pages it is on.
    gc.disable()
    lazy.install()
    # MiniStack reads its environment when it is imported, so nothing of it may come earlier.
    import fixes
    import server
    from state import recover, restore
    from state.checkpoint import Checkpoints
    from state.store import Store
    from status import Status

    applied = fixes.apply_all(settings)
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of metrics it does not send
    gc.freeze()
    gc.enable()
    contents, saved, notices = restore.restore(settings.state)
    notices += recover.recover()
    for notice in notices:
        sys.stderr.write(f"local AWS: {notice}\n")
    checkpoints = Checkpoints(Store(settings.state), contents, lock, saved)
    fixes.on_change(checkpoints.changed, checkpoints.changed_a_little)
    server.use_own_persistence(checkpoints)
    asyncio.run(server.run(settings, checkpoints, Status(settings, checkpoints, applied, notices)))


def main() -> int:
    """The process's exit code."""
    settings = parse_arguments()
    lock: TextIO
    try:
        lock = claim(settings)
    except FolderInUse as error:
        sys.stderr.write(f"local AWS: {error}\n")
        return EXIT_UNUSABLE
    with lock:
        reason = unusable_because(settings)
        if reason:
            sys.stderr.write(f"local AWS: {reason}\n")
            return EXIT_UNUSABLE
        clean_temporary_files(settings)
        start(settings, lock.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
