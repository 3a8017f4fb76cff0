"""What requests share between invocations: config, S3 client, the cache of SOP summaries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rawscribe.config.environment import environment_layer
from rawscribe.config.merge import merge
from rawscribe.config.settings import Settings
from rawscribe.config.source import ConfigObject, read_local
from rawscribe.config.store import ConfigStore
from rawscribe.errors import ApiError
from rawscribe.sops.library import SopLibrary
from rawscribe.storage.bucket import Bucket
from rawscribe.storage.client import LazyS3


@dataclass(frozen=True)
class Services:
    """One per process; ``version`` is the published function version, ``local`` outside Lambda."""

    config: ConfigStore
    s3: LazyS3
    sops: SopLibrary
    version: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], clock: Callable[[], float]) -> "Services":
        """Wire everything from environment variables; nothing is read from S3 yet."""
        s3 = LazyS3(path_style="AWS_ENDPOINT_URL" in environ or "AWS_ENDPOINT_URL_S3" in environ)
        bucket = environ.get("CONFIG_S3_BUCKET", "")
        source = None
        if bucket:
            key = environ.get("CONFIG_S3_KEY") or "config.json"
            source = ConfigObject(Bucket(s3, bucket), key)
        return cls(
            config=ConfigStore(
                merge(read_local(environ), environment_layer(environ)), source, clock
            ),
            s3=s3,
            sops=SopLibrary(),
            version=environ.get("AWS_LAMBDA_FUNCTION_VERSION") or "local",
        )

    def bucket(self, name: str, purpose: str) -> Bucket:
        """The bucket of that name, or a 503 that names what is not configured."""
        if not name:
            raise ApiError(503, "not_configured", f"no {purpose} bucket is configured")
        return Bucket(self.s3, name)


def get_services(request: Request) -> Services:
    """The services of the app that answers this request."""
    services: Services = request.app.state.services
    return services


SharedServices = Annotated[Services, Depends(get_services)]


def get_settings(services: SharedServices) -> Settings:
    """The settings in force for this request; re-checked against S3 when they are due."""
    return services.config.current().settings


CurrentSettings = Annotated[Settings, Depends(get_settings)]
