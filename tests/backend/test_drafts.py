import json

import pytest

from organization import Organization, user

ADA = user("ada", "RESEARCHERS")
BOB = user("bob", "RESEARCHERS")
MANAGER = user("mia", "LAB_MANAGERS")
DRAFT = {"sopId": "cell-count", "title": " Monday ", "data": {"cells": [1, None, {"x": 1.5}]}}


def create(org: Organization, who: dict[str, object] = ADA) -> str:
    return str(org.post("/api/v1/drafts", who, DRAFT).body["id"])


def test_a_draft_from_creation_to_deletion(org: Organization) -> None:
    created = org.post("/api/v1/drafts", ADA, DRAFT)
    assert created.status == 201
    path = f"/api/v1/drafts/{created.body['id']}"
    read = org.ask(path, ADA)
    assert read.body == created.body
    assert read.body["data"] == DRAFT["data"]
    assert (read.body["title"], read.body["ownerName"]) == ("Monday", "ada@example.org")
    replaced = org.ask(path, ADA, "PUT", {"sopId": "wash", "data": {}})
    assert (replaced.status, replaced.body["sopId"], replaced.body["data"]) == (200, "wash", {})
    assert replaced.body["createdAt"] == created.body["createdAt"]
    assert replaced.body["updatedAt"] > created.body["updatedAt"]
    assert org.ask(path, ADA, "DELETE").status == 204
    assert org.ask(path, ADA).status == 404
    assert org.keys("DRAFTS_BUCKET") == []


def test_nobody_sees_or_changes_a_draft_of_somebody_else(org: Organization) -> None:
    path = f"/api/v1/drafts/{create(org)}"
    assert org.ask(path, BOB).status == 404
    assert org.ask(path, BOB, "PUT", DRAFT).status == 404
    assert org.ask(path, BOB, "DELETE").status == 404
    assert org.ask("/api/v1/drafts", BOB).body["items"] == []


def test_a_lab_manager_reads_all_and_changes_none(org: Organization) -> None:
    ids = {create(org, ADA), create(org, BOB)}
    listed = org.ask("/api/v1/drafts", MANAGER, queryStringParameters={"all": "true"})
    assert {item["id"] for item in listed.body["items"]} == ids
    assert "data" not in listed.body["items"][0]
    path = f"/api/v1/drafts/{ids.pop()}"
    assert org.ask(path, MANAGER).status == 200
    assert org.ask(path, MANAGER, "PUT", DRAFT).status == 404
    assert org.ask(path, MANAGER, "DELETE").status == 404
    assert org.ask("/api/v1/drafts", MANAGER).body["items"] == []


def test_listing_goes_page_by_page(org: Organization) -> None:
    ids = sorted(create(org) for _ in range(5))
    create(org, BOB)
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = org.ask("/api/v1/drafts", ADA, queryStringParameters=query).body
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query = {"limit": "2", "after": page["next"]}
    assert seen == ids


def test_an_unreadable_draft_is_left_out_and_not_found(org: Organization) -> None:
    draft_id = create(org)
    bucket = org.environ["DRAFTS_BUCKET"]
    org.s3.put_object(Bucket=bucket, Key=org.keys("DRAFTS_BUCKET")[0], Body=b"{}")
    assert org.ask("/api/v1/drafts", ADA).body == {"items": [], "next": None}
    assert org.ask(f"/api/v1/drafts/{draft_id}", ADA).status == 404


def test_if_match_protects_what_was_changed_meanwhile(org: Organization) -> None:
    created = org.post("/api/v1/drafts", ADA, DRAFT)
    path = f"/api/v1/drafts/{created.body['id']}"
    headers = {"If-Match": created.headers["etag"], "Content-Type": "application/json"}
    assert org.ask(path, ADA, "PUT", {**DRAFT, "title": "a"}, headers=headers).status == 200
    late = org.ask(path, ADA, "PUT", {**DRAFT, "title": "b"}, headers=headers)
    assert (late.status, late.code) == (412, "changed")
    assert org.ask(path, ADA).body["title"] == "a"


@pytest.mark.parametrize("draft_id", ["x", "..", "0" * 39, "a" * 16 + "/" + "b" * 22])
def test_an_id_that_was_not_made_here(org: Organization, draft_id: str) -> None:
    assert org.ask(f"/api/v1/drafts/{draft_id}", ADA).status == 404


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.sopId"),
        ({"sopId": "../x"}, "body.sopId"),
        ({"sopId": "x", "id": "mine"}, "body.id"),
        ({"sopId": "x", "owner": "bob"}, "body.owner"),
        ({"sopId": "x", "title": "s3cret" * 40}, "body.title"),
        ({"sopId": "x", "data": "s3cret"}, "body.data"),
        ({"sopId": "x", "data": {"a": float("nan")}}, "body.data"),
        ({"sopId": "x", "data": {"a": "\ud800"}}, "body.data"),
        ([], "body"),
    ],
)
def test_an_invalid_draft_is_refused_without_its_values(
    org: Organization, body: object, where: str
) -> None:
    answer = org.post("/api/v1/drafts", ADA, body)
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert where in answer.message
    assert "s3cret" not in answer.message


def test_a_draft_that_would_not_come_back_out_is_refused(org: Organization) -> None:
    answer = org.post("/api/v1/drafts", ADA, {"sopId": "x", "data": {"a": "x" * 4_200_000}})
    assert (answer.status, answer.code) == (413, "too_large")


def test_a_query_out_of_range(org: Organization) -> None:
    answer = org.ask("/api/v1/drafts", ADA, queryStringParameters={"limit": "501"})
    assert (answer.status, answer.code) == (422, "invalid_request")


@pytest.mark.parametrize(("depth", "status"), [(100, 201), (250, 422), (900, 422)])
def test_what_could_not_be_read_back_is_not_stored(
    org: Organization, depth: int, status: int
) -> None:
    nested: object = 1
    for _ in range(depth):
        nested = [nested]
    answer = org.post("/api/v1/drafts", ADA, {"sopId": "x", "data": {"a": nested}})
    assert answer.status == status
    assert len(org.keys("DRAFTS_BUCKET")) == (1 if status == 201 else 0)
    assert len(json.dumps(answer.body)) < 1000
