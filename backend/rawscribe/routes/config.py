"""Config as the page needs it, and who is signed in."""

from typing import Any

from fastapi import APIRouter

from rawscribe.config.settings import public_part
from rawscribe.identity import Caller
from rawscribe.services import CurrentSettings

router = APIRouter(prefix="/api/config")


@router.get("/runtime")
def runtime_config(settings: CurrentSettings) -> dict[str, Any]:
    """The public part of the config: ``{"env", "org", "auth", "features", "ui"}``."""
    return public_part(settings)


@router.get("/private")
def who_am_i(caller: Caller, settings: CurrentSettings) -> dict[str, Any]:
    """The caller: ``{"user", "email", "groups", "anonymous", "env", "org"}``; groups sorted."""
    return {
        "user": caller.user,
        "email": caller.email,
        "groups": sorted(caller.groups),
        "anonymous": caller.anonymous,
        "env": settings.env,
        "org": settings.org,
    }
