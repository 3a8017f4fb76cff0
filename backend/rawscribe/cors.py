"""CORS for development, where the page and the API have different origins."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from rawscribe.config.store import ConfigStore


class ConfiguredCors(CORSMiddleware):
    """Takes the allowed origins from ``cors.allowOrigins`` of the config in force.

    The origin is echoed, also for ``*``. Credentials are never allowed: the API knows no cookies,
    the token travels in the Authorization header.
    """

    def __init__(self, app: ASGIApp, config: ConfigStore) -> None:
        super().__init__(
            app,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "If-Match"),
            expose_headers=("ETag",),
        )
        self._config = config

    def is_allowed_origin(self, origin: str) -> bool:
        """Asked by the base class once per request that carries an Origin header."""
        allowed = self._config.current().settings.cors.allow_origins
        return "*" in allowed or origin in allowed
