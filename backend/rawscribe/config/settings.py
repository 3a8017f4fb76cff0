"""The settings, typed. The values written here are the application defaults."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Section(BaseModel):
    """A part of the config: camelCase in JSON, unknown keys ignored."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Cognito(Section):
    """Where users sign in; empty when the organization has no user pool."""

    region: str = ""
    user_pool_id: str = ""
    client_id: str = ""


class Auth(Section):
    """``required: true`` refuses requests that the gateway let through without claims."""

    required: bool = False
    cognito: Cognito = Cognito()


class Cors(Section):
    """Origins of pages in development; ``*`` allows all."""

    allow_origins: list[str] = Field(default_factory=list)


class Buckets(Section):
    """Bucket names; an endpoint whose bucket is empty answers 503."""

    forms: str = ""
    eln: str = ""
    drafts: str = ""


class Settings(Section):
    """Everything the app reads. ``features`` and ``ui`` are the page's own and are public."""

    env: str = "local"
    org: str = "local"
    auth: Auth = Auth()
    cors: Cors = Cors()
    buckets: Buckets = Buckets()
    features: dict[str, Any] = Field(default_factory=dict)
    ui: dict[str, Any] = Field(default_factory=dict)


PUBLIC = {"env": True, "org": True, "auth": True, "features": True, "ui": True}


def public_part(settings: Settings) -> dict[str, Any]:
    """What anybody may read: an allow-list of sections, so a new one stays private by default."""
    return settings.model_dump(by_alias=True, include=PUBLIC)
