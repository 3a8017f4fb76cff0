"""The table of rawscribe.permissions, asked through the handler."""

from typing import Any

import pytest

from organization import Organization, user

RECORD = {"sopId": "cell-count", "data": {"cells": 7}}

REQUESTS = {
    "sops": ("GET", "/api/v1/sops/list", None),
    "draft": ("POST", "/api/v1/drafts", RECORD),
    "submit": ("POST", "/api/v1/eln", RECORD),
    "submissions": ("GET", "/api/v1/eln", None),
}
ALLOWED = {
    "ADMINS": {"sops", "draft", "submit", "submissions", "all"},
    "LAB_MANAGERS": {"sops", "draft", "submit", "submissions", "all"},
    "RESEARCHERS": {"sops", "draft", "submit", "submissions"},
    "CLINICIANS": {"sops", "submit", "submissions"},
    "OTHERS": set[str](),
}


@pytest.mark.parametrize("group", ALLOWED)
def test_what_a_group_may_do(org: Organization, group: str) -> None:
    claims = user("somebody", group)
    statuses = {
        name: org.ask(path, claims, method, body).status
        for name, (method, path, body) in REQUESTS.items()
    }
    everybody: dict[str, Any] = {"queryStringParameters": {"all": "true"}}
    statuses["all"] = org.ask("/api/v1/eln", claims, **everybody).status
    assert {name for name, status in statuses.items() if status < 300} == ALLOWED[group]
    assert {status for status in statuses.values() if status >= 300} <= {403}


def test_a_refusal_says_what_was_refused(org: Organization) -> None:
    answer = org.ask("/api/v1/drafts", user("cleo", "CLINICIANS"))
    assert (answer.code, answer.message) == (
        "forbidden",
        "your groups do not allow you to keep drafts",
    )


def test_one_group_that_may_is_enough(org: Organization) -> None:
    assert org.ask("/api/v1/drafts", user("cleo", "CLINICIANS", "RESEARCHERS")).status == 200


def test_with_auth_off_anybody_may_do_everything(org: Organization) -> None:
    created = org.post("/api/v1/drafts", None, RECORD)
    assert (created.status, created.body["owner"]) == (201, "anonymous")
    listed = org.ask("/api/v1/drafts", queryStringParameters={"all": "true"})
    assert [item["id"] for item in listed.body["items"]] == [created.body["id"]]
