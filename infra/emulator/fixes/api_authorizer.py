"""Without scopes, a user pool's authorizer wants the identity token.

AWS ("Integrate a REST API with an Amazon Cognito user pool", API Gateway Developer Guide): if a
method names no OAuth scopes, API Gateway treats the token as an identity token; with scopes, as
an access token. The other kind is answered with 401.

MiniStack 1.5.33 takes either.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1 as gateway
from settings import Settings


def apply(settings: Settings) -> None:
    """Look at the token's use once it is known to be genuine."""
    original = gateway._validate_cognito_authorizer

    async def validate(authorizer: Any, method: dict[str, Any], *rest: Any) -> Any:
        claims, refused = await original(authorizer, method, *rest)
        if refused is None and claims.get("token_use") == "access" and not method.get("authorizationScopes"):
            return None, gateway._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, refused

    gateway._validate_cognito_authorizer = validate
