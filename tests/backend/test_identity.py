import pytest

from organization import Organization, user
from rawscribe.identity import identity_from_claims, parse_groups


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        (["ADMINS", "RESEARCHERS"], {"ADMINS", "RESEARCHERS"}),
        ("[ADMINS RESEARCHERS]", {"ADMINS", "RESEARCHERS"}),
        ("ADMINS,RESEARCHERS", {"ADMINS", "RESEARCHERS"}),
        ("ADMINS, RESEARCHERS", {"ADMINS", "RESEARCHERS"}),
        ("[ADMINS]", {"ADMINS"}),
        ("ADMINS", {"ADMINS"}),
        ("[]", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_groups_in_every_spelling(claim: object, groups: set[str]) -> None:
    assert parse_groups(claim) == groups


def test_who_am_i(org: Organization) -> None:
    answer = org.ask("/api/config/private", user("ada", "RESEARCHERS", "ADMINS"))
    assert answer.status == 200
    assert answer.body == {
        "user": "ada",
        "email": "ada@example.org",
        "groups": ["ADMINS", "RESEARCHERS"],
        "anonymous": False,
        "env": "test",
        "org": "demo",
    }


def test_claims_of_an_access_token() -> None:
    caller = identity_from_claims({"sub": "1", "username": "ada"})
    assert (caller.id, caller.user, caller.email) == ("1", "ada", None)
    assert not caller.groups


def test_without_claims_auth_is_off_and_the_caller_anonymous(org: Organization) -> None:
    answer = org.ask("/api/config/private")
    assert (answer.status, answer.body["user"], answer.body["anonymous"]) == (
        200,
        "anonymous",
        True,
    )


def test_claims_that_name_nobody_are_refused(org: Organization) -> None:
    answer = org.ask("/api/config/private", {"aud": "x"})
    assert (answer.status, answer.code) == (401, "unauthenticated")


def test_a_config_may_refuse_what_the_gateway_lets_through(org: Organization) -> None:
    org.put_config({"auth": {"required": True}})
    assert org.ask("/api/config/private").status == 401
    assert org.ask("/api/v1/sops/list").status == 401
    assert org.ask("/health").status == 200
    assert org.ask("/api/config/private", user("ada")).status == 200
