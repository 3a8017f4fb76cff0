"""Drafts: a user's own unfinished records."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response

from rawscribe.errors import ApiError
from rawscribe.identity import Identity
from rawscribe.permissions import Action, may, permitted, verify_may
from rawscribe.records.models import Record, RecordInput, RecordPage
from rawscribe.records.store import RecordStore
from rawscribe.services import CurrentSettings, SharedServices

router = APIRouter(prefix="/api/v1/drafts")


def _store(services: SharedServices, settings: CurrentSettings) -> RecordStore:
    return RecordStore(services.bucket(settings.buckets.drafts, "drafts"), "draft", "drafts/")


Drafts = Annotated[RecordStore, Depends(_store)]
Drafter = Annotated[Identity, Depends(permitted(Action.KEEP_DRAFTS))]
IfMatch = Annotated[str | None, Header()]


@router.post("", status_code=201)
def create_draft(content: RecordInput, user: Drafter, drafts: Drafts, response: Response) -> Record:
    """Store a new draft of the caller."""
    record, response.headers["ETag"] = _quoted(drafts.create(user, content))
    return record


@router.get("")
def list_drafts(
    user: Drafter,
    drafts: Drafts,
    everybody: Annotated[bool, Query(alias="all")] = False,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RecordPage:
    """A page of the caller's drafts, oldest first; ``?all=true`` (ADMINS, LAB_MANAGERS): of all."""
    if everybody:
        verify_may(user, Action.SEE_ALL)
    return drafts.page(None if everybody else user, after, limit)


@router.get("/{draft_id}")
def read_draft(draft_id: str, user: Drafter, drafts: Drafts, response: Response) -> Record:
    """A draft of the caller; ADMINS and LAB_MANAGERS read any."""
    found = drafts.get(draft_id, user, everybody=may(user, Action.SEE_ALL))
    record, response.headers["ETag"] = _quoted(found)
    return record


@router.put("/{draft_id}")
def replace_draft(
    draft_id: str,
    content: RecordInput,
    user: Drafter,
    drafts: Drafts,
    response: Response,
    if_match: IfMatch = None,
) -> Record:
    """Replace the caller's own draft; 412 when ``If-Match`` names an older ETag."""
    current, etag = drafts.get(draft_id, user, everybody=False)
    if if_match is not None and if_match.strip('"') != etag:
        raise ApiError(412, "changed", "the draft was changed meanwhile; read it again")
    record, response.headers["ETag"] = _quoted(drafts.replace(current, etag, content))
    return record


@router.delete("/{draft_id}", status_code=204)
def delete_draft(draft_id: str, user: Drafter, drafts: Drafts) -> None:
    """Delete the caller's own draft."""
    record, _ = drafts.get(draft_id, user, everybody=False)
    drafts.delete(record)


def _quoted(found: tuple[Record, str]) -> tuple[Record, str]:
    record, etag = found
    return record, f'"{etag}"'
