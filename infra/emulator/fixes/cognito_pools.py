"""User pools keep their promises: no self sign-up, protected from deletion, names without case.

AWS (CreateUserPool: AdminCreateUserConfig, DeletionProtection, UsernameConfiguration, API
reference; "User pool case sensitivity", Developer Guide): with AllowAdminCreateUserOnly SignUp is
refused; a protected pool cannot be deleted, by nobody, before the protection is lifted; where
CaseSensitive is false (its default is true), names and e-mail addresses that differ in case are
one user.

MiniStack 1.5.33 keeps the three settings and follows none.
"""

from __future__ import annotations

from typing import Any

from answers import Answer, refuse
from ministack.services import cognito
from ministack.services.cloudformation import provisioners
from settings import Settings


class Protected(ValueError):
    """Cognito refused to delete a pool; the text is what CloudFormation shows."""


PROTECTED = ("The user pool cannot be deleted because deletion protection is activated. "
             "Deletion protection must be inactivated first.")
# Operations that give a user a name, or attributes that are one.
NAMING = ("_admin_create_user", "_sign_up", "_admin_update_user_attributes")
FOLDED_ATTRIBUTES = ("email", "preferred_username")


def apply(settings: Settings) -> None:
    """Follow the settings of a pool."""
    _wrap_sign_up()
    _wrap_delete()
    _wrap_names()


def _pool_of_client(client_id: str) -> dict[str, Any]:
    return next((pool for pool in cognito._user_pools.values() if client_id in pool["_clients"]), {})


def _wrap_sign_up() -> None:
    original = cognito._sign_up

    def sign_up(data: dict[str, Any]) -> Answer:
        pool = _pool_of_client(data.get("ClientId", ""))
        if (pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
            return refuse("NotAuthorizedException", "SignUp is not permitted for this user pool")
        answer: Answer = original(data)
        return answer

    cognito._sign_up = sign_up


def _is_protected(pool_id: str) -> bool:
    return bool((cognito._user_pools.get(pool_id) or {}).get("DeletionProtection") == "ACTIVE")


def _wrap_delete() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Cognito::UserPool"]
    by_api, by_stack = cognito._delete_user_pool, handlers["delete"]

    def delete_user_pool(data: dict[str, Any]) -> Answer:
        if _is_protected(data.get("UserPoolId", "")):
            return refuse("InvalidParameterException", PROTECTED)
        answer: Answer = by_api(data)
        return answer

    def delete_from_stack(pool_id: str, properties: dict[str, Any]) -> Any:
        if _is_protected(pool_id):
            raise Protected(PROTECTED)
        return by_stack(pool_id, properties)

    cognito._delete_user_pool, handlers["delete"] = delete_user_pool, delete_from_stack


def _ignores_case(pool: dict[str, Any]) -> bool:
    return not (pool.get("UsernameConfiguration") or {}).get("CaseSensitive", True)


def _wrap_names() -> None:
    """Find users whatever the case, and store new names in lower case as AWS does."""
    resolve = cognito._resolve_user

    def resolve_user(pool: dict[str, Any], username: str | None) -> Any:
        user, refused = resolve(pool, username)
        if user is None and username and _ignores_case(pool):
            user, refused = resolve(pool, username.lower())
        return user, refused

    cognito._resolve_user = resolve_user
    for name in NAMING:
        _wrap_naming(name)


def _wrap_naming(name: str) -> None:
    original = getattr(cognito, name)

    def with_lower_case(data: dict[str, Any]) -> Answer:
        pool = cognito._user_pools.get(data.get("UserPoolId")) or _pool_of_client(data.get("ClientId", ""))
        if pool and _ignores_case(pool):
            data = {**data, "Username": (data.get("Username") or "").lower(), "UserAttributes": [
                {**attribute, "Value": attribute["Value"].lower()} if attribute["Name"] in FOLDED_ATTRIBUTES
                else attribute for attribute in data.get("UserAttributes") or []]}
        answer: Answer = original(data)
        return answer

    setattr(cognito, name, with_lower_case)
