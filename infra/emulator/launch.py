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
    from collections.abc import Callable, Coroutine
    from typing import Any

EXIT_UNUSABLE = 4


class Unusable(Exception):
    """It cannot start here; the message says why in one line, with what to do."""


def verify_usable(settings: Settings) -> None:
    """Raises Unusable for another MiniStack than the pinned one and for a port that is taken."""
    try:
        version = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        version = "none"
    if version != PINNED_MINISTACK:
        raise Unusable(f"the fixes are made for MiniStack {PINNED_MINISTACK}, this environment has {version}: "
                       "install infra/toolchain/emulator.txt into it")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.port))
        except OSError as error:
            raise Unusable(f"port {settings.port} on {HOST} cannot be used ({error.strerror}): "
                           "choose another with --port") from None


def prepared(settings: Settings, lock: int) -> Callable[[], Coroutine[Any, Any, None]]:
    """Prepare this process, load the fixes and the state. Returns what serves until told to stop."""
    clean_temporary_files(settings)
    environment = ministack_environment(settings, dict(os.environ))
    os.environ.clear()
    os.environ.update(environment)
    # What is imported stays: looking for garbage in it would cost start-up time, and later make
    # every saving child copy the pages it is on.
    gc.disable()
    lazy.install()
    # MiniStack reads its environment when it is imported, so nothing of it may come earlier.
    import fixes
    import remembered
    import server
    from state import recover, restore
    from state.checkpoint import Checkpoints
    from state.store import Newer, Store
    from status import Status

    applied = fixes.apply_all(settings)
    remembered.install()
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of metrics it does not send
    gc.freeze()
    gc.enable()
    try:
        contents, saved, notices = restore.restore(settings.state)
    except Newer as newer:
        raise Unusable(str(newer)) from None
    notices += recover.recover()
    for notice in notices:
        sys.stderr.write(f"local AWS: {notice}\n")
    checkpoints = Checkpoints(Store(settings.state), contents, lock, saved)
    fixes.on_change(checkpoints.changed, checkpoints.changed_a_little)
    server.use_own_persistence(checkpoints)
    status = Status(settings, checkpoints, applied, notices)
    return lambda: server.run(settings, checkpoints, status)


def main() -> int:
    """The process's exit code."""
    settings = parse_arguments()
    try:
        lock = claim(settings)
        verify_usable(settings)
        serve = prepared(settings, lock.fileno())
    except (FolderInUse, Unusable) as reason:
        sys.stderr.write(f"local AWS: {reason}\n")
        return EXIT_UNUSABLE
    except OSError as error:
        sys.stderr.write(f"local AWS: {error.filename or settings.folder} cannot be used ({error.strerror}): "
                         "free space or choose another folder with --dir\n")
        return EXIT_UNUSABLE
    asyncio.run(serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
