"""The cloud that the contract tests speak to: the local AWS or a real account.

All that differs between the two stands here; the tests themselves know AWS only.
"""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3
from botocore.config import Config

T = TypeVar("T")
WAIT_SECONDS = 300
LOCAL_WAIT_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What an HTTP request got: status, body, and headers by lower-case name."""

    status: int
    body: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass
class Cloud:
    """An account and region; `endpoint` is empty on AWS itself."""

    endpoint: str
    region: str
    account: str
    credentials: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client that does not repeat refused calls; made once, which takes longer than most calls."""
        if service not in self._clients:
            config = Config(retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})
            self._clients[service] = boto3.client(
                service, region_name=self.region, config=config, endpoint_url=self.endpoint or None, **self.credentials)
        return self._clients[service]

    def api_url(self, api_id: str, stage: str, path: str) -> str:
        """Where a REST API's stage answers."""
        if self.endpoint:
            return f"{self.endpoint}/restapis/{api_id}/{stage}/_user_request_{path}"
        prefix = "" if stage == "$default" else f"/{stage}"
        return f"https://{api_id}.execute-api.{self.region}.amazonaws.com{prefix}{path}"

    def visit(self, domain: str, path: str, method: str = "GET", body: bytes | None = None) -> Answer:
        """What a browser gets from a distribution's domain."""
        if not self.endpoint:
            return http(f"https://{domain}{path}", method, body=body)
        # By header: not every resolver knows names below localhost.
        door = domain.replace(".cloudfront.net", ".cloudfront.localhost")
        return http(f"{self.endpoint}{path}", method, {"Host": f"{door}:{self.endpoint.rpartition(':')[2]}"}, body)

    def wait(self, question: Callable[[], T | None]) -> T:
        """Ask until the answer is true; fails when that takes too long."""
        deadline = time.monotonic() + (LOCAL_WAIT_SECONDS if self.endpoint else WAIT_SECONDS)
        while time.monotonic() < deadline:
            answer = question()
            if answer:
                return answer
            time.sleep(0.03 if self.endpoint else 2)
        raise TimeoutError(f"no answer from {question}")


def unique(word: str) -> str:
    """A name that nothing else has, recognisable as ours."""
    return f"contract-{word}-{uuid.uuid4().hex[:10]}"


def http(url: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
    """One HTTP request; error statuses are answers, not exceptions."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return _answer(response.status, response)
    except urllib.error.HTTPError as error:
        return _answer(error.code, error)


def _answer(status: int, response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status, response.read().decode(), headers)


def zipped(files: dict[str, str]) -> bytes:
    """A deployment package of these files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()
