"""SOPs: list and read."""

from typing import Annotated

from fastapi import APIRouter, Depends

from rawscribe.permissions import Action, permitted
from rawscribe.services import CurrentSettings, SharedServices
from rawscribe.sops.library import Sop, SopSummary
from rawscribe.storage.bucket import Bucket

router = APIRouter(prefix="/api/v1/sops", dependencies=[Depends(permitted(Action.READ_SOPS))])


def _forms(services: SharedServices, settings: CurrentSettings) -> Bucket:
    return services.bucket(settings.buckets.forms, "forms")


Forms = Annotated[Bucket, Depends(_forms)]


@router.get("/list")
def list_sops(services: SharedServices, forms: Forms) -> dict[str, list[SopSummary]]:
    """``{"sops": [...]}``; a malformed file is named with ``valid: false`` and its error."""
    return {"sops": services.sops.list(forms)}


@router.get("/{sop_id}")
def read_sop(sop_id: str, services: SharedServices, forms: Forms) -> Sop:
    """One SOP with its document; 400, 404, 409 (two files with this id), 422 (malformed)."""
    return services.sops.read(forms, sop_id)
