"""A listing of versions goes on after what it showed last, also where that has no versions.

AWS (ListObjectVersions, API reference): the page after KeyMarker and VersionIdMarker begins with
the next version; an object that was never versioned has one, `null`.

MiniStack 1.5.33 begins the page with such an object again.
"""

from __future__ import annotations

from typing import Any

from ministack.services import s3
from settings import Settings


def apply(settings: Settings) -> None:
    """Take a marker at an object without versions for one behind its only version."""
    original = s3._list_object_versions

    def list_object_versions(bucket: str, query: dict[str, Any]) -> Any:
        if not s3._object_versions.get((bucket, s3._qp(query, "key-marker", ""))):
            query = {name: value for name, value in query.items() if name != "version-id-marker"}
        return original(bucket, query)

    s3._list_object_versions = list_object_versions
