"""Health: what a deployment is gated on."""

from typing import Any

from fastapi import APIRouter, Response

from rawscribe.config.store import LoadedConfig
from rawscribe.services import SharedServices

router = APIRouter()


@router.get("/health")
def health(services: SharedServices, response: Response) -> dict[str, Any]:
    """200 ``healthy``, or 503 ``unhealthy`` with the reason in ``checks``.

    A missing config.json is healthy: the first deployment answers before it is uploaded. One that
    is malformed or unreadable is unhealthy, while the app goes on with the config it has. A failed
    re-check of a config that was read before is only told (``stale``).
    """
    loaded = services.config.current()
    healthy = loaded.problem is None
    response.status_code = 200 if healthy else 503
    return {
        "status": "healthy" if healthy else "unhealthy",
        "service": "rawscribe",
        "version": services.version,
        "env": loaded.settings.env,
        "org": loaded.settings.org,
        "checks": {"config": _config_check(loaded)},
    }


def _config_check(loaded: LoadedConfig) -> dict[str, str | None]:
    check: dict[str, str | None] = {
        "status": "ok" if loaded.problem is None else "failed",
        "source": loaded.source,
        "etag": loaded.etag,
    }
    if loaded.problem is not None:
        check["problem"] = loaded.problem
    if loaded.stale is not None:
        check["stale"] = loaded.stale
    return check
