"""Reading and writing the records of one kind in one bucket."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import islice

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from rawscribe.errors import ApiError
from rawscribe.identity import Identity
from rawscribe.log import log_line
from rawscribe.records.ids import key_of, new_id, owner_part
from rawscribe.records.models import Record, RecordInput, RecordPage, RecordSummary
from rawscribe.storage.bucket import Bucket

# An answer of a Lambda function ends at 6 MB; the record must come back out.
MAX_RECORD_BYTES = 4 * 1024 * 1024
_PARALLEL_READS = 8


@dataclass(frozen=True)
class RecordStore:
    """Records of one ``kind`` (``draft``, ``submission``); all methods may raise StorageError."""

    bucket: Bucket
    kind: str
    prefix: str

    def create(self, owner: Identity, content: RecordInput) -> tuple[Record, str]:
        """Store a new record, once; gives it with its ETag."""
        now = datetime.now(timezone.utc)
        record = Record(
            id=new_id(owner.id, now),
            owner=owner.id,
            owner_name=owner.email or owner.user,
            created_at=now,
            updated_at=now,
            **dict(content),
        )
        return record, self.bucket.create(self._key(record.id), self._encode(record))

    def get(self, record_id: str, reader: Identity, everybody: bool) -> tuple[Record, str]:
        """The record with its ETag; 404 also for one of somebody else, unless ``everybody``."""
        found = self.bucket.get(self._key(record_id))
        record = None if found is None else _decode(found.body)
        if found is None or record is None or not (everybody or record.owner == reader.id):
            raise self._missing()
        return record, found.etag

    def replace(self, current: Record, etag: str, content: RecordInput) -> tuple[Record, str]:
        """Give the record new content; StorageConflictError when it has another ETag by now."""
        changes = {**dict(content), "updated_at": datetime.now(timezone.utc)}
        record = current.model_copy(update=changes)
        return record, self.bucket.replace(self._key(record.id), self._encode(record), etag)

    def delete(self, record: Record) -> None:
        """Delete the record."""
        self.bucket.delete(self._key(record.id))

    def page(self, owner: Identity | None, after: str | None, limit: int) -> RecordPage:
        """Up to ``limit`` records of the owner (None: everybody's) that follow the id ``after``."""
        prefix = self.prefix if owner is None else f"{self.prefix}{owner_part(owner.id)}/"
        start = self._key(after) if after else ""
        listed = list(islice(self.bucket.list(prefix, start), limit + 1))
        keys = [item.key for item in listed[:limit]]
        more = len(listed) > limit
        return RecordPage(items=self._summaries(keys), next=self._id_of(keys[-1]) if more else None)

    def _summaries(self, keys: Iterable[str]) -> list[RecordSummary]:
        with ThreadPoolExecutor(_PARALLEL_READS) as pool:
            records = pool.map(self._read, keys)
            return [RecordSummary(**record.model_dump()) for record in records if record]

    def _read(self, key: str) -> Record | None:
        # None: deleted since it was listed, or not a record, which the log says.
        found = self.bucket.get(key)
        return None if found is None else _decode(found.body)

    def _encode(self, record: Record) -> bytes:
        try:
            body = record.model_dump_json(by_alias=True).encode()
        except PydanticSerializationError:
            # Half a surrogate pair: JSON lets it in as an escape, UTF-8 cannot say it.
            raise ApiError(422, "invalid_request", "body.data: text that is not Unicode") from None
        if len(body) > MAX_RECORD_BYTES:
            raise ApiError(413, "too_large", f"a {self.kind} may have {MAX_RECORD_BYTES} bytes")
        if _decode(body) is None:
            # Text is read with a lower limit of nesting than it is written with.
            raise ApiError(422, "invalid_request", "body.data: nested too deeply")
        return body

    def _key(self, record_id: str) -> str:
        key = key_of(record_id)
        if key is None:
            raise self._missing()
        return self.prefix + key

    def _id_of(self, key: str) -> str:
        return key.removeprefix(self.prefix).removesuffix(".json").replace("/", "-", 1)

    def _missing(self) -> ApiError:
        return ApiError(404, "not_found", f"you have no such {self.kind}")


def _decode(body: bytes) -> Record | None:
    try:
        return Record.model_validate_json(body)
    except ValidationError as error:
        log_line("error", "record", problem=f"{error.error_count()} fields are not as written")
        return None
