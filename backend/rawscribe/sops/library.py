"""The SOPs of an organization, listed and read."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel

from rawscribe.errors import ApiError
from rawscribe.records.models import SOP_ID_PATTERN
from rawscribe.sops.document import MAX_SOP_BYTES, MalformedSopError, parse_sop, title_of
from rawscribe.storage.bucket import Bucket, ListedObject

_PREFIX = "sops/"
_SUFFIXES = (".yaml", ".yml", ".json")
_PARALLEL_READS = 8


class SopSummary(BaseModel):
    """One line of the list; ``error`` says why a file that is not ``valid`` cannot be used."""

    id: str
    file: str
    valid: bool
    modified: datetime
    title: str | None = None
    version: str | None = None
    error: str | None = None


class Sop(SopSummary):
    """A SOP with its content."""

    document: dict[str, Any]


class SopLibrary:
    """Remembers summaries by ETag: a listing reads only what changed since the last one."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], SopSummary] = {}

    def list(self, bucket: Bucket) -> list[SopSummary]:
        """Every SOP file, in order of file names. Raises StorageError."""
        files = [item for item in bucket.list(_PREFIX) if _is_sop_file(item.key)]
        with ThreadPoolExecutor(_PARALLEL_READS) as pool:
            found = list(pool.map(lambda item: self._summary(bucket, item), files))
        self._known = {(i.key, i.etag): s for i, s in zip(files, found, strict=True)}
        return _mark_twins(found)

    def read(self, bucket: Bucket, sop_id: str) -> Sop:
        """One SOP. 400 for an impossible id, 404, 409 when two files claim it, 422 if malformed."""
        if not re.fullmatch(SOP_ID_PATTERN, sop_id):
            raise ApiError(400, "invalid_id", "a SOP id has letters, digits, dot, _ and - only")
        listed = bucket.list(f"{_PREFIX}{sop_id}.")
        files = [i for i in listed if _is_sop_file(i.key) and _id_of(i.key) == sop_id]
        if not files:
            raise ApiError(404, "not_found", f"there is no SOP {sop_id}")
        if len(files) > 1:
            names = ", ".join(_name_of(item.key) for item in files)
            raise ApiError(409, "ambiguous_sop", f"these files have the same id: {names}")
        try:
            document = self._document(bucket, files[0])
        except MalformedSopError as error:
            raise ApiError(422, "malformed_sop", str(error)) from None
        return Sop(**dict(_describe(files[0], document)), document=document)

    def _summary(self, bucket: Bucket, item: ListedObject) -> SopSummary:
        known = self._known.get((item.key, item.etag))
        if known is not None:
            return known
        if not re.fullmatch(SOP_ID_PATTERN, _id_of(item.key)):
            return _invalid(item, f"{_name_of(item.key)}: the file name cannot be an id")
        try:
            return _describe(item, self._document(bucket, item))
        except MalformedSopError as error:
            return _invalid(item, str(error))

    def _document(self, bucket: Bucket, item: ListedObject) -> dict[str, Any]:
        name = _name_of(item.key)
        if item.bytes > MAX_SOP_BYTES:
            raise MalformedSopError(f"{name}: larger than {MAX_SOP_BYTES} bytes")
        found = bucket.get(item.key)
        if found is None:
            raise MalformedSopError(f"{name}: deleted meanwhile")
        return parse_sop(found.body, name)


def _is_sop_file(key: str) -> bool:
    # Folders below sops/ are for attachments and the like.
    return key.lower().endswith(_SUFFIXES) and "/" not in key.removeprefix(_PREFIX)


def _name_of(key: str) -> str:
    return key.removeprefix(_PREFIX)


def _id_of(key: str) -> str:
    return PurePosixPath(_name_of(key)).stem


def _describe(item: ListedObject, document: dict[str, Any]) -> SopSummary:
    version = document.get("version")
    return SopSummary(
        id=_id_of(item.key),
        file=_name_of(item.key),
        valid=True,
        modified=item.modified,
        title=title_of(document),
        version=None if version is None else str(version),
    )


def _invalid(item: ListedObject, error: str) -> SopSummary:
    return SopSummary(
        id=_id_of(item.key),
        file=_name_of(item.key),
        valid=False,
        modified=item.modified,
        error=error,
    )


def _mark_twins(summaries: list[SopSummary]) -> list[SopSummary]:
    ids = [summary.id for summary in summaries]
    return [
        summary.model_copy(
            update={"valid": False, "error": f"{summary.file}: another file has the same id"}
        )
        if ids.count(summary.id) > 1
        else summary
        for summary in summaries
    ]
