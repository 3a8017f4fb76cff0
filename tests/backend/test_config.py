import json

import pytest

from organization import Organization
from rawscribe.config.environment import environment_layer
from rawscribe.config.merge import merge
from rawscribe.config.source import read_bundled

Captured = pytest.CaptureFixture[str]


def title(org: Organization) -> object:
    return org.ask("/api/config/runtime").body["ui"].get("title")


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": 1}, {"a": None}, {}),
        ({"a": 1}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
        ({}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_merge(base: dict[str, object], over: dict[str, object], merged: object) -> None:
    assert merge(base, over) == merged


def test_empty_variables_count_as_not_set() -> None:
    layer = environment_layer({"ENV": "dev", "COGNITO_USER_POOL_ID": "", "COGNITO_REGION": "r"})
    assert layer == {"env": "dev", "auth": {"cognito": {"region": "r"}}}


def test_whether_sign_in_is_required_is_a_boolean() -> None:
    assert environment_layer({"ENABLE_AUTH": "true"}) == {"auth": {"required": True}}
    assert environment_layer({"ENABLE_AUTH": "false"}) == {"auth": {"required": False}}


def test_environment_wins_over_s3_over_bundled_over_defaults(org: Organization) -> None:
    org.restart(COGNITO_CLIENT_ID="from-environment")
    cognito = {"clientId": "from-s3", "userPoolId": "from-s3"}
    org.put_config({"org": "other", "auth": {"cognito": cognito}, "features": {"x": True}})
    config = org.ask("/api/config/runtime").body
    assert config == {
        "env": "test",
        "org": "demo",
        "auth": {
            "required": False,
            "cognito": {"region": "", "userPoolId": "from-s3", "clientId": "from-environment"},
        },
        "features": {"x": True},
        "ui": {"title": "rawscribe"},
    }


def test_a_config_nested_under_lambda_counts(org: Organization) -> None:
    org.put_config({"lambda": {"ui": {"title": "Nested"}}})
    assert title(org) == "Nested"


def test_only_listed_sections_are_public(org: Organization) -> None:
    org.put_config({"database": {"password": "s3cret"}, "auth": {"jwtSecret": "s3cret"}})
    answer = org.ask("/api/config/runtime")
    assert answer.status == 200
    assert "s3cret" not in json.dumps(answer.body)
    assert set(answer.body) == {"env", "org", "auth", "features", "ui"}


def test_what_is_bundled_names_no_organization() -> None:
    assert not {"env", "org", "buckets"} & set(read_bundled())


def test_s3_is_asked_again_after_30_seconds(org: Organization) -> None:
    org.put_config({"ui": {"title": "first"}})
    assert title(org) == "first"
    org.put_config({"ui": {"title": "second"}})
    org.seconds = 29.9
    assert title(org) == "first"
    org.seconds = 30.0
    assert title(org) == "second"


def test_an_unchanged_object_is_not_read_again(org: Organization, capsys: Captured) -> None:
    org.put_config({"ui": {"title": "same"}})
    for org.seconds in (0.0, 31.0, 62.0):
        assert title(org) == "same"
    loads = [line for line in capsys.readouterr().out.splitlines() if '"event": "config"' in line]
    assert len(loads) == 1


def test_a_config_that_is_deleted_falls_back_to_the_bundled_one(org: Organization) -> None:
    org.put_config({"ui": {"title": "gone"}})
    assert title(org) == "gone"
    org.s3.delete_object(Bucket=org.environ["CONFIG_S3_BUCKET"], Key="config.json")
    org.seconds = 31.0
    assert title(org) == "rawscribe"
    assert org.ask("/health").status == 200


def test_a_malformed_update_keeps_the_old_config_until_it_is_mended(org: Organization) -> None:
    org.put_config({"ui": {"title": "good"}})
    assert title(org) == "good"
    org.put_config(b"{")
    for org.seconds in (31.0, 62.0):
        health = org.ask("/health")
        assert (health.status, health.body["checks"]["config"]["source"]) == (503, "s3")
        assert title(org) == "good"
    org.put_config({"ui": {"title": "mended"}})
    org.seconds = 93.0
    assert org.ask("/health").status == 200
    assert title(org) == "mended"


def test_a_failing_recheck_keeps_the_config_and_says_so(
    org: Organization, capsys: Captured
) -> None:
    org.put_config({"ui": {"title": "kept"}})
    assert title(org) == "kept"
    source = org.app.state.services.config._source
    bucket = source.bucket.name
    object.__setattr__(source.bucket, "name", "nowhere-to-be-found")
    org.seconds = 31.0
    health = org.ask("/health")
    assert health.status == 200
    assert "NoSuchBucket" in health.body["checks"]["config"]["stale"]
    assert title(org) == "kept"
    assert '"level": "warning", "event": "config"' in capsys.readouterr().out
    object.__setattr__(source.bucket, "name", bucket)
    org.seconds = 62.0
    assert "stale" not in org.ask("/health").body["checks"]["config"]
