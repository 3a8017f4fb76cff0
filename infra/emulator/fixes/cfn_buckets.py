"""CloudFormation does not delete a bucket that holds something.

AWS ("AWS::S3::Bucket", CloudFormation template reference): only empty buckets can be deleted;
deletion fails for buckets that have contents, old versions and delete markers included.

MiniStack 1.5.33 drops the bucket with everything in it.
"""

from __future__ import annotations

from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners
from settings import Settings


class BucketNotEmpty(ValueError):
    """S3 refused to delete a bucket; the text is what CloudFormation shows."""


def apply(settings: Settings) -> None:
    """Look before deleting."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    delete = handlers["delete"]

    def delete_if_empty(bucket: str, properties: dict[str, Any]) -> Any:
        if _holds_something(bucket):
            raise BucketNotEmpty(
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket. "
                f"(Service: S3, Status Code: 409, Bucket: {bucket})")
        return delete(bucket, properties)

    handlers["delete"] = delete_if_empty


def _holds_something(bucket: str) -> bool:
    if s3._buckets.get(bucket, {}).get("objects"):
        return True
    return any(name == bucket and versions for (name, _), versions in s3._object_versions.items())
