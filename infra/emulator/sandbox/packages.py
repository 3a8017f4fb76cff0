"""Unpacked code and layers, one copy per content however many processes use it."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

# Copies that no process uses are kept up to this number, for the next cold start.
KEPT_COPIES = 24


class Packages:
    """The unpacked copies below one folder. All methods may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._users: dict[Path, int] = {}  # in the order of last use

    def take(self, archive: bytes) -> Path:
        """The folder with this archive's files; give it back when the process has ended."""
        place = self._folder / hashlib.sha256(archive).hexdigest()[:32]
        with self._lock:
            self._users[place] = self._users.pop(place, 0) + 1
            if not place.exists():
                self._unpack(archive, place)
            self._forget_old()
        return place

    def give_back(self, place: Path) -> None:
        """One user fewer of a copy."""
        with self._lock:
            if place in self._users:
                self._users[place] -= 1

    def _unpack(self, archive: bytes, place: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                for entry in opened.infolist():
                    written = opened.extract(entry, draft)
                    mode = entry.external_attr >> 16
                    if mode & 0o111 and not entry.is_dir():
                        os.chmod(written, 0o755)
            os.chmod(draft, 0o755)
            draft.rename(place)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            self._users.pop(place, None)
            raise

    def _forget_old(self) -> None:
        unused = [place for place, users in self._users.items() if users <= 0]
        for place in unused[: max(0, len(unused) - KEPT_COPIES)]:
            del self._users[place]
            shutil.rmtree(place, ignore_errors=True)
