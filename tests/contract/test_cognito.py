"""User pools: who may sign up, what may be deleted, and names without case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cloud import Cloud, unique
from stacks import Stacks, refusal

PASSWORD = "Correct-horse-9!"


@pytest.fixture
def idp(cloud: Cloud) -> Any:
    return cloud.client("cognito-idp")


@pytest.fixture
def pool(idp: Any) -> Iterator[str]:
    """A pool as the project makes them, removed after the test."""
    made = idp.create_user_pool(
        PoolName=unique("pool"), UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True}, DeletionProtection="ACTIVE")["UserPool"]
    yield made["Id"]
    idp.update_user_pool(UserPoolId=made["Id"], DeletionProtection="INACTIVE")
    idp.delete_user_pool(UserPoolId=made["Id"])


def app_client(idp: Any, pool: str) -> str:
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=[
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    client_id: str = made["UserPoolClient"]["ClientId"]
    return client_id


@pytest.mark.fix("cognito-pools")
def test_nobody_signs_up_where_only_administrators_create_users(idp: Any, pool: str) -> None:
    refused = refusal(idp.sign_up, ClientId=app_client(idp, pool), Username="someone@example.com", Password=PASSWORD)
    assert refused == ("NotAuthorizedException", "SignUp is not permitted for this user pool")


@pytest.mark.fix("cognito-pools")
def test_a_protected_pool_is_not_deleted(idp: Any, pool: str) -> None:
    code, text = refusal(idp.delete_user_pool, UserPoolId=pool)
    assert code == "InvalidParameterException"
    assert "deletion protection" in text.lower()


@pytest.mark.fix("cognito-pools")
def test_a_stack_does_not_delete_a_protected_pool(idp: Any, stacks: Stacks) -> None:
    name = stacks.create({"Resources": {"Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {
        "DeletionProtection": "ACTIVE"}}}, "Outputs": {"Pool": {"Value": {"Ref": "Pool"}}}})
    pool = stacks.outputs(name)["Pool"]
    assert stacks.delete(name) == "DELETE_FAILED"
    idp.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")


@pytest.mark.fix("cognito-pools")
def test_case_makes_no_second_user(idp: Any, pool: str) -> None:
    idp.admin_create_user(UserPoolId=pool, Username="Ada@Example.com", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="ada@example.COM", Password=PASSWORD, Permanent=True)
    again = refusal(idp.admin_create_user, UserPoolId=pool, Username="ada@example.com", MessageAction="SUPPRESS")
    assert again[0] == "UsernameExistsException"
    signed_in = idp.initiate_auth(ClientId=app_client(idp, pool), AuthFlow="USER_PASSWORD_AUTH",
                                  AuthParameters={"USERNAME": "ADA@example.com", "PASSWORD": PASSWORD})
    assert signed_in["AuthenticationResult"]["IdToken"]


@pytest.mark.fix("cognito-pools")
def test_a_changed_address_is_found_without_case(idp: Any, pool: str) -> None:
    idp.admin_create_user(UserPoolId=pool, Username="old@example.com", MessageAction="SUPPRESS")
    address = [{"Name": "email", "Value": "New@Example.com"}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_update_user_attributes(UserPoolId=pool, Username="OLD@example.com", UserAttributes=address)
    seen = idp.admin_get_user(UserPoolId=pool, Username="new@EXAMPLE.com")
    assert {"Name": "email", "Value": "new@example.com"} in seen["UserAttributes"]


def test_a_pool_that_says_nothing_of_case_tells_names_apart(idp: Any) -> None:
    made = idp.create_user_pool(PoolName=unique("pool"))["UserPool"]["Id"]
    try:
        for name in ("Bob", "bob"):
            idp.admin_create_user(UserPoolId=made, Username=name, MessageAction="SUPPRESS")
        names = {user["Username"] for user in idp.list_users(UserPoolId=made)["Users"]}
        assert names == {"Bob", "bob"}
    finally:
        idp.delete_user_pool(UserPoolId=made)
