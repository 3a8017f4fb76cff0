"""Who sends a request, as API Gateway's Cognito authorizer vouches for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from rawscribe.errors import ApiError
from rawscribe.services import CurrentSettings


@dataclass(frozen=True)
class Identity:
    """A caller. ``id`` never changes for a user and owns what the user stores."""

    id: str
    user: str
    email: str | None
    groups: frozenset[str]
    anonymous: bool = False


ANONYMOUS = Identity("anonymous", "anonymous", None, frozenset(), anonymous=True)


def identify(request: Request, settings: CurrentSettings) -> Identity:
    """The caller of this request.

    With auth on, API Gateway lets no request without a valid token through, so a request without
    claims means that auth is off: the API is open and the caller is anonymous. A config with
    ``auth.required: true`` refuses such a request (401), whatever the gateway lets through.
    """
    claims = _claims(request.scope.get("aws.event"))
    if claims:
        return identity_from_claims(claims)
    if settings.auth.required:
        raise ApiError(401, "unauthenticated", "sign in first")
    return ANONYMOUS


def identity_from_claims(claims: Mapping[str, Any]) -> Identity:
    """Read the claims of an id or access token; 401 when they name nobody."""
    user = claims.get("cognito:username") or claims.get("username") or claims.get("sub")
    if not isinstance(user, str):
        raise ApiError(401, "unauthenticated", "the token names no user")
    return Identity(
        id=str(claims.get("sub") or user),
        user=user,
        email=claims.get("email"),
        groups=parse_groups(claims.get("cognito:groups")),
    )


def parse_groups(claim: object) -> frozenset[str]:
    """Groups from a list, ``"[A B]"`` or ``"A,B"``: gateways write the same claim in these ways."""
    if isinstance(claim, list):
        return frozenset(str(group) for group in claim)
    if isinstance(claim, str):
        return frozenset(claim.strip("[] ").replace(",", " ").split())
    return frozenset()


def _claims(event: Any) -> Mapping[str, Any] | None:
    if not isinstance(event, Mapping):
        return None
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    claims = authorizer.get("claims")
    return claims if isinstance(claims, Mapping) else None


Caller = Annotated[Identity, Depends(identify)]
