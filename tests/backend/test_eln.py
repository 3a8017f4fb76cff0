from typing import Any

import pytest

from organization import Organization, user
from rawscribe.records.models import RecordInput
from rawscribe.storage.bucket import Bucket
from rawscribe.storage.client import LazyS3
from rawscribe.storage.errors import StorageConflictError

ADA = user("ada", "RESEARCHERS")
CLEO = user("cleo", "CLINICIANS")
ADMIN = user("root", "ADMINS")
RECORD = {"sopId": "cell-count", "title": "Monday", "data": {"cells": 7}}


def test_a_submission_is_stored_and_read_by_its_owner(org: Organization) -> None:
    created = org.post("/api/v1/eln", CLEO, RECORD)
    assert created.status == 201
    path = f"/api/v1/eln/{created.body['id']}"
    assert org.ask(path, CLEO).body == created.body
    assert org.ask(path, ADA).status == 404
    assert org.ask(path, ADMIN).status == 200
    assert [item["id"] for item in org.ask("/api/v1/eln", CLEO).body["items"]] == [
        created.body["id"]
    ]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_submission_cannot_be_changed(org: Organization, method: str) -> None:
    created = org.post("/api/v1/eln", ADA, RECORD)
    answer = org.ask(f"/api/v1/eln/{created.body['id']}", ADA, method, RECORD)
    assert (answer.status, answer.code) == (405, "method_not_allowed")


def test_only_admins_and_lab_managers_see_all(org: Organization) -> None:
    ids = {org.post("/api/v1/eln", who, RECORD).body["id"] for who in (ADA, CLEO)}
    everybody: dict[str, Any] = {"queryStringParameters": {"all": "true"}}
    listed = org.ask("/api/v1/eln", ADMIN, **everybody).body["items"]
    assert {item["id"] for item in listed} == ids
    assert org.ask("/api/v1/eln", ADA, **everybody).status == 403


def test_conditional_writes_do_not_overwrite(org: Organization) -> None:
    bucket = Bucket(LazyS3(path_style=True), org.environ["ELN_BUCKET"])
    etag = bucket.create("x.json", b"1")
    with pytest.raises(StorageConflictError):
        bucket.create("x.json", b"2")
    assert bucket.create("x.json", b"1") == etag, "a repeated write is the same write"
    bucket.replace("x.json", b"3", etag)
    with pytest.raises(StorageConflictError):
        bucket.replace("x.json", b"4", etag)
    with pytest.raises(StorageConflictError):
        bucket.replace("deleted.json", b"5", etag)
    found = bucket.get("x.json")
    assert found is not None
    assert found.body == b"3"


def test_input_names_no_owner_and_no_id() -> None:
    assert set(RecordInput.model_fields) == {"sop_id", "title", "data"}
