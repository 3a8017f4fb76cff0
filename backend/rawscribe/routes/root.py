"""What this service is."""

from fastapi import APIRouter

from rawscribe.services import CurrentSettings, SharedServices

router = APIRouter()


@router.get("/")
def describe_service(services: SharedServices, settings: CurrentSettings) -> dict[str, str]:
    """``{"service", "version", "env", "org", "health"}``."""
    return {
        "service": "rawscribe",
        "version": services.version,
        "env": settings.env,
        "org": settings.org,
        "health": "/health",
    }
