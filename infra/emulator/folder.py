"""The folder of one local AWS: who uses it, and what is cleaned away at start."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from typing import TextIO

from settings import SAVE_SECONDS, Settings

# The holder may be on its way out.
PATIENCE_SECONDS = 1.0
# A process that was killed may have left a child that is still writing the state, at most for so long.
ORPHAN_PATIENCE_SECONDS = SAVE_SECONDS + 2.0


class FolderInUse(Exception):
    """Another local AWS works in this folder; the message names it."""


def claim(settings: Settings) -> TextIO:
    """Lock the folder for the life of this process and write down who holds it.

    Two processes saving into one folder would mix two worlds. The lock is the kernel's, so
    it goes with the process however that ends.
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    lock = open(settings.folder / "holder.json", "a+", encoding="utf-8")  # noqa: SIM115 (held for life)
    started = time.monotonic()
    while not _locked(lock):
        lock.seek(0)
        holder = lock.read().strip()
        patience = PATIENCE_SECONDS if _is_alive(holder) else ORPHAN_PATIENCE_SECONDS
        if time.monotonic() > started + patience:
            raise FolderInUse(f"{settings.folder} is in use by another local AWS: {holder or 'unknown process'}")
        time.sleep(0.05)
    lock.seek(0)
    lock.truncate()
    json.dump({"pid": os.getpid(), "port": settings.port}, lock)
    lock.flush()
    return lock


def _is_alive(holder: str) -> bool:
    """Whether the process that wrote itself down still runs; a half-written note counts as one that does."""
    try:
        os.kill(int(json.loads(holder)["pid"]), 0)
    except ProcessLookupError:
        return False
    except (ValueError, KeyError, TypeError, OSError):
        return True
    return True


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def clean_temporary_files(settings: Settings) -> None:
    """Remove what an earlier run left unpacked; MiniStack itself never does."""
    shutil.rmtree(settings.temp, ignore_errors=True)
    settings.temp.mkdir(parents=True, exist_ok=True)
    os.chmod(settings.temp, 0o700)
