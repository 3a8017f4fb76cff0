"""Record ids: made here, never by clients, and telling where the record lies.

An id is ``{owner}-{number}``: 16 hex digits of a hash of the owner, 12 of the time in
milliseconds, 10 random ones. Records of one owner share a prefix, in order of creation.
"""

import hashlib
import re
import secrets
from datetime import datetime

_ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{22}")


def owner_part(owner: str) -> str:
    """The part of an id that all records of this owner share."""
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def new_id(owner: str, now: datetime) -> str:
    """An id that nobody has."""
    return f"{owner_part(owner)}-{int(now.timestamp() * 1000):012x}{secrets.token_hex(5)}"


def key_of(record_id: str) -> str | None:
    """Where the record lies below its prefix; None for a text that cannot be an id."""
    if not _ID.fullmatch(record_id):
        return None
    return record_id.replace("-", "/", 1) + ".json"
