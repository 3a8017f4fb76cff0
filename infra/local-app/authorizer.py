"""What API Gateway's Cognito authorizer does on AWS, for the backend on this machine."""

import asyncio
import base64
import hashlib
import json
import time
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Claims = Mapping[str, Any]
Keys = Mapping[str, Mapping[str, str]]
App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_SECONDS_TO_ANSWER = 5


@dataclass(frozen=True)
class Pool:
    """Whose ID tokens count. ``keys`` is the address of its public keys."""

    issuer: str
    client_id: str
    keys: str

    @classmethod
    def from_json(cls, text: str) -> "Pool":
        """Read ``{"issuer", "clientId", "keys"}``."""
        said = json.loads(text)
        return cls(said["issuer"], said["clientId"], said["keys"])


class Authorizer:
    """Gives a request the claims of its token. The app refuses those that have none."""

    def __init__(self, app: App, pool: Pool) -> None:
        self._app = app
        self._pool = pool
        self._keys: Keys = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request, as ASGI has it."""
        token = _token_of(scope)
        claims = None if token is None else await asyncio.to_thread(self._claims_of, token)
        if claims is not None:
            event = {"requestContext": {"authorizer": {"claims": claims}}}
            scope = {**scope, "aws.event": event}
        await self._app(scope, receive, send)

    def _claims_of(self, token: str) -> Claims | None:
        key = _header_of(token).get("kid")
        if isinstance(key, str) and key not in self._keys:
            self._keys = fetch_keys(self._pool.keys)
        return claims_of(token, self._pool, self._keys, time.time())


def claims_of(token: str, pool: Pool, keys: Keys, now: float) -> Claims | None:
    """The claims of an ID token that this pool signed and that has not expired; else None."""
    header = _header_of(token)
    key = keys.get(str(header.get("kid")))
    if key is None or header.get("alg") != "RS256":
        return None
    signed, _, signature = token.rpartition(".")
    try:
        if not _is_signed(key, signed.encode(), _bytes(signature)):
            return None
        claims = json.loads(_bytes(signed.partition(".")[2]))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) and _holds(claims, pool, now) else None


def fetch_keys(address: str) -> Keys:
    """The pool's public keys by their ids; none where they cannot be had: no token counts then."""
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS_TO_ANSWER) as answer:  # noqa: S310
            return {key["kid"]: key for key in json.load(answer)["keys"]}
    except (OSError, ValueError, KeyError):
        return {}


def _holds(claims: Claims, pool: Pool, now: float) -> bool:
    expires, begins = claims.get("exp"), claims.get("nbf", now)
    return (
        claims.get("iss") == pool.issuer
        and claims.get("aud") == pool.client_id
        and claims.get("token_use") == "id"
        and isinstance(expires, int | float)
        and isinstance(begins, int | float)
        and begins <= now < expires
    )


def _is_signed(key: Mapping[str, str], message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2.2): the only one that Cognito uses."""
    modulus, exponent = (int.from_bytes(_bytes(key[name]), "big") for name in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    digest = b"\x00" + _SHA256_INFO + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (size - 2 - len(digest)) + digest
    raised = pow(int.from_bytes(signature, "big"), exponent, modulus)
    return len(signature) == size and raised.to_bytes(size, "big") == expected


def _header_of(token: str) -> Claims:
    try:
        header = json.loads(_bytes(token.split(".", maxsplit=1)[0]))
    except ValueError:
        return {}
    return header if isinstance(header, dict) and token.count(".") == 2 else {}


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _token_of(scope: Mapping[str, Any]) -> str | None:
    if scope["type"] != "http":
        return None
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    return str(values[0].decode("latin-1")).removeprefix("Bearer ") if values else None
