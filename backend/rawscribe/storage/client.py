"""The S3 client, built once: when something is first read or written, or before that."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Protocol

from rawscribe.storage.errors import StorageConflictError, StorageError


class S3Api(Protocol):
    """The calls in use; parameters and answers are those of the AWS SDK."""

    def get_object(self, **parameters: Any) -> dict[str, Any]:
        """Read one object."""

    def put_object(self, **parameters: Any) -> dict[str, Any]:
        """Write one object; ``Condition`` holds headers such as ``{"If-None-Match": "*"}``."""

    def delete_object(self, **parameters: Any) -> dict[str, Any]:
        """Delete one object."""

    def list_objects_v2(self, **parameters: Any) -> dict[str, Any]:
        """One page of a listing."""


class LazyS3:
    """Importing the SDK and building a client costs as much as half of the other start-up."""

    def __init__(self, path_style: bool) -> None:
        self._path_style = path_style

    def prepare(self) -> None:
        """Build the client now."""
        _ = self.api

    @cached_property
    def api(self) -> S3Api:
        """The client; region and credentials come from the environment, as in Lambda."""
        # botocore alone: boto3 adds nothing here but import time. It comes with the runtime.
        import botocore.session
        from botocore.config import Config

        config = Config(
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 3},
            # Names like bucket.localhost do not resolve everywhere.
            s3={"addressing_style": "path" if self._path_style else "auto"},
        )
        session = botocore.session.get_session()
        session.register("before-parameter-build.s3.PutObject", _take_condition)
        session.register("before-call.s3.PutObject", _send_condition)
        api: S3Api = session.create_client("s3", config=config)
        return api


# The SDK that a runtime brings may be too old to know conditional writes as parameters; S3 itself
# has them as headers. So PutObject takes one parameter more, which these two hooks carry over.
def _take_condition(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["rawscribe_condition"] = params.pop("Condition", {})


def _send_condition(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["headers"].update(context["rawscribe_condition"])


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn the SDK's exceptions into StorageError; a lost condition into StorageConflictError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 412 or code in ("PreconditionFailed", "ConditionalRequestConflict"):
            raise StorageConflictError(code) from error
        raise StorageError(code) from error
    except BotoCoreError as error:
        raise StorageError(type(error).__name__) from error
