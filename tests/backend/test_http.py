"""What holds for every request: error shape, log line, CORS."""

import json

import httpx
import pytest

from organization import Organization, user
from server import serve

Captured = pytest.CaptureFixture[str]


def request_lines(output: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in output.splitlines()]
    return [line for line in lines if line["event"] == "request"]


def test_unknown_paths_and_methods(base_url: str) -> None:
    missing = httpx.get(f"{base_url}/api/v2/anything")
    assert missing.status_code == 404
    assert missing.json() == {"error": {"code": "not_found", "message": "Not Found"}}
    wrong = httpx.delete(f"{base_url}/health")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert httpx.get(f"{base_url}/docs").status_code == 404
    assert httpx.get(f"{base_url}/openapi.json").status_code == 404


def test_a_body_that_is_not_json(base_url: str) -> None:
    answer = httpx.post(
        f"{base_url}/api/v1/drafts",
        content=b'{"sopId": s3cret',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {"code": "invalid_json", "message": "the body is not valid JSON"}
    }


def test_a_record_over_http(base_url: str) -> None:
    with httpx.Client(base_url=base_url) as client:
        created = client.post("/api/v1/drafts", json={"sopId": "x", "data": {"ä": "ö"}})
        path = f"/api/v1/drafts/{created.json()['id']}"
        read = client.get(path)
        assert read.json()["data"] == {"ä": "ö"}
        assert read.headers["etag"] == created.headers["etag"]
        deleted = client.delete(path)
        assert (deleted.status_code, deleted.content) == (204, b"")


def test_one_log_line_per_request_without_bodies_and_tokens(
    org: Organization, capsys: Captured
) -> None:
    headers = {"Authorization": "s3cret", "Content-Type": "application/json"}
    body = {"sopId": "x", "title": "s3cret"}
    org.ask("/api/v1/drafts", user("ada", "ADMINS"), "POST", body, headers=headers)
    output = capsys.readouterr().out
    assert "s3cret" not in output
    (line,) = request_lines(output)
    assert line.pop("ms")
    assert line == {
        "level": "info",
        "event": "request",
        "requestId": "request-1",
        "method": "POST",
        "path": "/api/v1/drafts",
        "status": 201,
        "version": "7",
    }


def test_our_own_mistake_is_logged_and_not_shown(org: Organization, capsys: Captured) -> None:
    def broken() -> None:
        raise ValueError("s3cret")

    org.app.add_api_route("/broken", broken)
    with serve(org.app) as url:
        answer = httpx.get(f"{url}/broken", headers={"Origin": "http://localhost:5173"})
    assert answer.status_code == 500
    assert answer.json() == {
        "error": {"code": "internal_error", "message": "our mistake; it was logged"}
    }
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
    output = capsys.readouterr().out
    (line,) = request_lines(output)
    assert (line["level"], line["status"], line["error"]) == ("error", 500, "ValueError")
    assert "in broken" in str(line["frames"])
    assert "s3cret" not in output


@pytest.mark.parametrize(
    ("allowed", "origin", "answered"),
    [
        (["https://lab.example.org"], "https://lab.example.org", "https://lab.example.org"),
        (["https://lab.example.org"], "https://other.example.org", None),
        (["*"], "https://other.example.org", "https://other.example.org"),
        ([], "https://lab.example.org", None),
    ],
)
def test_origins_come_from_the_config(
    org: Organization, base_url: str, allowed: list[str], origin: str, answered: str | None
) -> None:
    org.put_config({"cors": {"allowOrigins": allowed}})
    answer = httpx.get(f"{base_url}/health", headers={"Origin": origin})
    assert answer.headers.get("access-control-allow-origin") == answered
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]


def test_a_preflight_in_development(base_url: str) -> None:
    answer = httpx.options(
        f"{base_url}/api/v1/drafts",
        headers={
            "Origin": "http://localhost:5173",
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization,content-type,if-match",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
