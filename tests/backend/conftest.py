"""A real local AWS API for the session, and an organization of its own for each test."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Byte code must not land in the folder that SAM hashes and copies.
sys.pycache_prefix = str(ROOT / ".rs" / "cache" / "pycache")

import emulator
from organization import Organization, S3Client
from rawscribe.storage.client import LazyS3
from server import serve


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Client]:
    """An S3 client of the local AWS API, which runs until the session ends."""
    default = ROOT / ".rs" / "toolchain" / "emulator" / "bin" / "python"
    python = os.environ.get("RS_EMULATOR_PYTHON") or str(default)
    with (
        emulator.running(python, tmp_path_factory.mktemp("aws")) as endpoint,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        client: Any = LazyS3(path_style=True).api
        yield client


@pytest.fixture
def org(s3: S3Client) -> Organization:
    """An organization with empty buckets and the app that serves it."""
    return Organization(s3)


@pytest.fixture
def base_url(org: Organization) -> Iterator[str]:
    """Where the organization's app answers real HTTP."""
    with serve(org.app) as url:
        yield url
