import json

import httpx

from organization import NO_CONTEXT, Organization
from rawscribe.main import handler


def test_health_over_http_names_environment_organization_and_version(base_url: str) -> None:
    answer = httpx.get(f"{base_url}/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "service": "rawscribe",
        "version": "7",
        "env": "test",
        "org": "demo",
        "checks": {"config": {"status": "ok", "source": "bundled", "etag": None}},
    }


def test_the_smallest_event_is_answered_by_the_entry_point() -> None:
    event = {"resource": "/health", "path": "/health", "httpMethod": "GET", "requestContext": {}}
    answer = handler(event, NO_CONTEXT)
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"] is False
    body = json.loads(answer["body"])
    assert (body["status"], body["version"], body["env"]) == ("healthy", "local", "local")


def test_health_tells_which_config_is_in_force(org: Organization) -> None:
    org.put_config({"ui": {"title": "Demo"}})
    check = org.ask("/health").body["checks"]["config"]
    assert check["source"] == "s3"
    listed = org.s3.get_object(Bucket=org.environ["CONFIG_S3_BUCKET"], Key="config.json")
    assert check["etag"] == listed["ETag"].strip('"')


def test_a_malformed_config_is_unhealthy_and_the_app_goes_on(org: Organization) -> None:
    org.put_config(b'{"ui": {\n  "title": "s3cret",,\n}}')
    answer = org.ask("/health")
    assert answer.status == 503
    assert answer.body["status"] == "unhealthy"
    check = answer.body["checks"]["config"]
    assert (check["status"], check["source"]) == ("failed", "bundled")
    assert check["problem"].startswith("config.json: line 2, column 21")
    assert "s3cret" not in json.dumps(answer.body)
    assert org.ask("/api/config/runtime").status == 200


def test_a_config_of_the_wrong_shape_is_unhealthy_without_its_values(org: Organization) -> None:
    org.put_config({"cors": {"allowOrigins": "s3cret"}})
    problem = org.ask("/health").body["checks"]["config"]["problem"]
    assert "cors.allowOrigins" in problem
    assert "s3cret" not in problem


def test_a_config_that_is_not_an_object_is_unhealthy(org: Organization) -> None:
    org.put_config([1])
    problem = org.ask("/health").body["checks"]["config"]["problem"]
    assert problem == "config.json: an object is expected"


def test_a_config_bucket_that_does_not_exist_is_unhealthy(org: Organization) -> None:
    org.restart(CONFIG_S3_BUCKET="nowhere-to-be-found")
    answer = org.ask("/health")
    assert answer.status == 503
    assert "NoSuchBucket" in answer.body["checks"]["config"]["problem"]


def test_the_root_describes_the_service(org: Organization) -> None:
    assert org.ask("/").body == {
        "service": "rawscribe",
        "version": "7",
        "env": "test",
        "org": "demo",
        "health": "/health",
    }
