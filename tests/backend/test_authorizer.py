"""The local authorizer judges the recorded tokens as the tool's own judgement does."""

import asyncio
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient

import authorizer
from authorizer import Authorizer, Pool, claims_of

RECORDED = json.loads((Path(__file__).parents[2] / "infra/tokens/recorded.json").read_text())
KEYS = {key["kid"]: key for key in RECORDED["keys"]}
POOL = Pool(RECORDED["issuer"], RECORDED["clientId"], "http://127.0.0.1:9/keys")
NOW = datetime.fromisoformat(RECORDED["at"].replace("Z", "+00:00")).timestamp()
GOOD = RECORDED["tokens"][0]["token"]


@pytest.mark.parametrize("one", RECORDED["tokens"], ids=lambda one: one["name"])
def test_a_recorded_token(one: dict[str, str]) -> None:
    claims = claims_of(one["token"], POOL, KEYS, NOW)
    assert (claims is not None) == (one["expected"] == "accepted")


def test_who_is_asked_for_keys_and_when(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()

    @app.get("/")
    def who(request: Request) -> Any:
        event = request.scope.get("aws.event")
        return event and event["requestContext"]["authorizer"]["claims"]["email"]

    asked: list[str] = []

    def fetch(address: str) -> authorizer.Keys:
        asked.append(address)
        return KEYS

    monkeypatch.setattr(authorizer, "fetch_keys", fetch)
    monkeypatch.setattr("time.time", lambda: NOW)

    async def ask() -> list[Any]:
        guarded: Any = Authorizer(app, POOL)
        async with AsyncClient(transport=ASGITransport(guarded), base_url="http://app") as client:
            tokens = [None, f"Bearer {GOOD}", GOOD, "Bearer nonsense"]
            headers = [{} if token is None else {"Authorization": token} for token in tokens]
            return [(await client.get("/", headers=one)).json() for one in headers]

    # Not asyncio.run: it drops the thread's current loop, which is Mangum's, without closing it.
    with closing(asyncio.new_event_loop()) as loop:
        answers = loop.run_until_complete(ask())
    assert answers == [None, "bob@myorg.com", "bob@myorg.com", None]
    assert asked == [POOL.keys]


def test_keys_that_cannot_be_had_are_none() -> None:
    assert authorizer.fetch_keys(POOL.keys) == {}
