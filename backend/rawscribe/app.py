"""Puts the application together."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI

from rawscribe.cors import ConfiguredCors
from rawscribe.errors import add_error_handlers
from rawscribe.request_log import RequestLog
from rawscribe.routes import config, drafts, eln, health, root, sops
from rawscribe.services import Services


def create_app(environ: Mapping[str, str], clock: Callable[[], float]) -> FastAPI:
    """Build the app for one environment; ``clock`` gives seconds and drives the config re-check."""
    services = Services.from_environment(environ, clock)
    # The generated API pages would pull in more code at each cold start and are routed nowhere.
    app = FastAPI(title="rawscribe", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.services = services
    add_error_handlers(app)
    for module in (root, health, config, sops, drafts, eln):
        app.include_router(module.router)
    # The middleware added last is the outermost one: CORS headers must also be on a 500.
    app.add_middleware(RequestLog, version=services.version)
    app.add_middleware(ConfiguredCors, config=services.config)
    return app
