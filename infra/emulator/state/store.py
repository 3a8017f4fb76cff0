"""Numbered, checksummed manifests over content-addressed files.

    state/blobs/ab/abcdef…      every distinct content once, named by its SHA-256
    state/000042-1f2e3d….json   one saved state: service -> its content and those that one names

A manifest is written last, to a temporary name, and then renamed: a reader sees the old
state or the new one, never a mixture. Its own checksum stands in its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

KEPT_MANIFESTS = 2
# The form of what is saved. One that is older is read (those of before 1 name none), a newer one is not.
FORMAT = 1


class Damaged(Exception):
    """A file is missing or does not hold what its name says; the message names it."""


class Newer(Exception):
    """A saved state of a later program; the message says what to do."""


@dataclass(frozen=True)
class Manifest:
    """One saved state. `services` maps a service to its content and the ones that names."""

    path: Path
    number: int
    saved_at: float
    services: dict[str, list[str]]

    @property
    def contents(self) -> frozenset[str]:
        """Every content that this state needs."""
        return frozenset(name for names in self.services.values() for name in names)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole, also after a power cut, or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class Store:
    """The saved states in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep a content and return its name; one that is there already costs no write."""
        name = hashlib.sha256(data).hexdigest()
        path = self._content(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The content of a name. Raises Damaged when it is missing or altered, OSError when it cannot be read."""
        try:
            data = self._content(name).read_bytes()
        except FileNotFoundError:
            raise Damaged(f"{self._content(name)} is missing") from None
        if hashlib.sha256(data).hexdigest() != name:
            raise Damaged(f"{self._content(name)} is not what was written")
        return data

    def commit(self, services: dict[str, list[str]]) -> Manifest:
        """Make these contents the newest state, then let go of states before the last two."""
        earlier = self.numbered()
        number = earlier[-1][0] + 1 if earlier else 1
        data = json.dumps({"format": FORMAT, "saved_at": time.time(), "services": services}).encode()
        path = self.folder / f"{number:06d}-{hashlib.sha256(data).hexdigest()[:16]}.json"
        write_durably(path, data)
        kept = self.read(path)
        self._drop_before(earlier, kept)
        return kept

    def numbered(self) -> list[tuple[int, Path]]:
        """The manifests there are, oldest first."""
        found = [path for path in self.folder.glob("*-*.json") if path.name[:6].isdigit()]
        return sorted((int(path.name.split("-")[0]), path) for path in found)

    def read(self, path: Path) -> Manifest:
        """Read one manifest. Raises Damaged when its checksum or its form is wrong, Newer when it is not for us."""
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest()[:16] != path.stem.split("-")[1]:
            raise Damaged(f"{path} is not what was written")
        try:
            body = json.loads(data)
            if int(body.get("format", 0)) > FORMAT:
                raise Newer(f"{path} is of a later version of the local AWS (format {body['format']}, this one reads "
                            f"{FORMAT}): start that version, or move {self.folder} away to begin empty")
            services = {key: list(names) for key, names in body["services"].items()}
            return Manifest(path, int(path.stem.split("-")[0]), float(body["saved_at"]), services)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"{path}: {error}") from None

    def has_contents(self) -> bool:
        """Whether anything was ever put here."""
        return any(self.folder.glob("blobs/*/*"))

    def sweep(self) -> None:
        """Remove contents that no state needs and drafts of a writer that was killed."""
        needed: set[str] = set()
        for _, path in self.numbered():
            try:
                needed |= self.read(path).contents
            except Damaged:
                return  # what the damaged one needs is unknown: keep everything
        for path in self.folder.glob("blobs/*/*"):
            if path.name not in needed:
                path.unlink(missing_ok=True)
        for path in self.folder.glob("*.draft"):
            path.unlink(missing_ok=True)

    def _content(self, name: str) -> Path:
        return self.folder / "blobs" / name[:2] / name

    def _drop_before(self, earlier: list[tuple[int, Path]], newest: Manifest) -> None:
        old = earlier[: -(KEPT_MANIFESTS - 1)]
        if not old:
            return
        try:
            needed = set(newest.contents)
            for _, path in earlier[-(KEPT_MANIFESTS - 1) :]:
                needed |= self.read(path).contents
            for _, path in old:
                unneeded = self.read(path).contents - needed
                path.unlink(missing_ok=True)
                for name in unneeded:
                    self._content(name).unlink(missing_ok=True)
        except Damaged:
            return  # left for the next start, which reports it
