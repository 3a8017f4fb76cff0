"""One bucket: read, write once, replace what was seen, delete what was seen, list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rawscribe.storage.client import LazyS3, storage_errors
from rawscribe.storage.errors import StorageConflictError, StorageError


@dataclass(frozen=True)
class StoredObject:
    """A whole object in memory; ``etag`` without quotes."""

    body: bytes
    etag: str
    modified: datetime


@dataclass(frozen=True)
class Unchanged:
    """The object still has the ETag that the caller knows."""


@dataclass(frozen=True)
class ListedObject:
    """One line of a listing; ``bytes`` is the size."""

    key: str
    etag: str
    bytes: int
    modified: datetime


@dataclass(frozen=True)
class Bucket:
    """All methods raise StorageError when S3 fails, StorageConflictError when a condition does."""

    s3: LazyS3
    name: str

    def get(self, key: str) -> StoredObject | None:
        """The object, or None when there is none."""
        try:
            return self._get(key, {})
        except StorageError as error:
            if str(error) == "NoSuchKey":
                return None
            raise

    def get_if_changed(self, key: str, etag: str | None) -> StoredObject | Unchanged | None:
        """Like ``get``, in one call that sends no body while the object still has this ETag."""
        if etag is None:
            return self.get(key)
        try:
            return self._get(key, {"IfNoneMatch": f'"{etag}"'})
        except StorageError as error:
            if str(error) == "NoSuchKey":
                return None
            if str(error) in ("304", "NotModified"):
                return Unchanged()
            raise

    def create(self, key: str, body: bytes) -> str:
        """Write a JSON object that does not exist yet; gives its ETag."""
        return self._put(key, body, {"If-None-Match": "*"})

    def replace(self, key: str, body: bytes, etag: str) -> str:
        """Overwrite the JSON object that has this ETag; gives the new one."""
        try:
            return self._put(key, body, {"If-Match": f'"{etag}"'})
        except StorageError as error:
            if str(error) == "NoSuchKey":
                raise StorageConflictError("deleted meanwhile") from error
            raise

    def delete(self, key: str) -> None:
        """Delete the object; a versioned bucket keeps what it was."""
        with storage_errors():
            self.s3.api.delete_object(Bucket=self.name, Key=key)

    def list(self, prefix: str, after: str = "") -> Iterator[ListedObject]:
        """Every object below the prefix in order of keys, to the end, page by page as needed."""
        position: dict[str, str] = {"StartAfter": after} if after else {}
        while True:
            with storage_errors():
                page = self.s3.api.list_objects_v2(Bucket=self.name, Prefix=prefix, **position)
            for item in page.get("Contents", []):
                etag = item["ETag"].strip('"')
                yield ListedObject(item["Key"], etag, item["Size"], item["LastModified"])
            if not page.get("IsTruncated"):
                return
            position = {"ContinuationToken": page["NextContinuationToken"]}

    def _get(self, key: str, condition: dict[str, str]) -> StoredObject:
        with storage_errors():
            answer = self.s3.api.get_object(Bucket=self.name, Key=key, **condition)
            body: bytes = answer["Body"].read()
        return StoredObject(body, answer["ETag"].strip('"'), answer["LastModified"])

    def _put(self, key: str, body: bytes, condition: dict[str, str]) -> str:
        try:
            with storage_errors():
                answer = self.s3.api.put_object(
                    Bucket=self.name,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    Condition=condition,
                )
        except StorageConflictError:
            # The SDK repeats a write whose answer got lost, and then loses against itself.
            found = self.get(key)
            if found is None or found.body != body:
                raise
            return found.etag
        return str(answer["ETag"]).strip('"')
