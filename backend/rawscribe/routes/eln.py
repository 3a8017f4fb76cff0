"""Submissions to the electronic lab notebook: written once, never changed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from rawscribe.identity import Identity
from rawscribe.permissions import Action, may, permitted, verify_may
from rawscribe.records.models import Record, RecordInput, RecordPage
from rawscribe.records.store import RecordStore
from rawscribe.services import CurrentSettings, SharedServices

router = APIRouter(prefix="/api/v1/eln")


def _store(services: SharedServices, settings: CurrentSettings) -> RecordStore:
    return RecordStore(services.bucket(settings.buckets.eln, "eln"), "submission", "submissions/")


Submissions = Annotated[RecordStore, Depends(_store)]
Submitter = Annotated[Identity, Depends(permitted(Action.SUBMIT))]
Reader = Annotated[Identity, Depends(permitted(Action.READ_SUBMISSIONS))]


@router.post("", status_code=201)
def submit(content: RecordInput, user: Submitter, submissions: Submissions) -> Record:
    """Store a submission of the caller for good."""
    record, _ = submissions.create(user, content)
    return record


@router.get("")
def list_submissions(
    user: Reader,
    submissions: Submissions,
    everybody: Annotated[bool, Query(alias="all")] = False,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RecordPage:
    """A page of the caller's submissions, oldest first; ``?all=true`` (ADMINS, LAB_MANAGERS)."""
    if everybody:
        verify_may(user, Action.SEE_ALL)
    return submissions.page(None if everybody else user, after, limit)


@router.get("/{submission_id}")
def read_submission(submission_id: str, user: Reader, submissions: Submissions) -> Record:
    """A submission of the caller; ADMINS and LAB_MANAGERS read any."""
    record, _ = submissions.get(submission_id, user, everybody=may(user, Action.SEE_ALL))
    return record
