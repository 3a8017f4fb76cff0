"""Contract tests: the behaviour of AWS that the project stands on, asked of AWS or the local AWS.

    pytest tests/contract                      against a local AWS, started for the run
    pytest tests/contract --prove              the slow ones too, and that each test fails without its fix
    CLOUD=aws AWS_ACCOUNT=123456789012 pytest tests/contract      against that real account

Resources are named uniquely and removed. No test asserts a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from cloud import Cloud
from functions import Functions
from local_aws import LocalAws
from stacks import Stacks

LOCAL_ACCOUNT = "000000000000"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="also run the tests without their fixes")
    parser.addoption("--only-fix", default="", help="run only the tests of this fix")
    parser.addoption("--endpoint", default="", help="a local AWS that runs already")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fix(name): fails against a local AWS without this fix")
    config.addinivalue_line("markers", "slow: takes its time; runs with --prove only")
    config.addinivalue_line("markers", "linux: reads /proc")
    config.addinivalue_line("markers", "local: about the local AWS itself, not a contract of AWS")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    only = config.getoption("--only-fix")
    if only:
        kept = [item for item in items if only in fixes_of(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    left_out = {
        "linux": not os.path.exists("/proc/net/tcp"),
        "local": os.environ.get("CLOUD") == "aws",
        "slow": not config.getoption("--prove"),
    }
    for marker, leave in left_out.items():
        if not leave:
            continue
        marked = [item for item in items if item.get_closest_marker(marker)]
        config.hook.pytest_deselected(items=marked)
        items[:] = [item for item in items if item not in marked]


def fixes_of(item: pytest.Item) -> set[str]:
    """The fixes that a test says it needs."""
    return {mark.args[0] for mark in item.iter_markers("fix")}


@pytest.fixture(scope="session")
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """The cloud under test."""
    region = os.environ.get("AWS_REGION", "us-east-1")
    if os.environ.get("CLOUD") == "aws":
        yield real_cloud(region)
        return
    test_keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    endpoint = request.config.getoption("--endpoint")
    if endpoint:
        yield Cloud(endpoint, region, LOCAL_ACCOUNT, test_keys)
        return
    with LocalAws("--auth") as local:
        yield Cloud(local.endpoint, region, LOCAL_ACCOUNT, test_keys)


def real_cloud(region: str) -> Cloud:
    """The real account, after its number was confirmed."""
    account = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
    if os.environ.get("AWS_ACCOUNT") != account:
        pytest.exit(f"these credentials belong to {account}: confirm with AWS_ACCOUNT={account}")
    return Cloud("", region, account)


@pytest.fixture
def client(cloud: Cloud) -> Callable[[str], Any]:
    """Makes a client of a service."""
    return cloud.client


@pytest.fixture
def stacks(cloud: Cloud) -> Iterator[Stacks]:
    """Stacks that are removed after the test."""
    made = Stacks(cloud)
    yield made
    made.remove_all()


@pytest.fixture
def functions(cloud: Cloud) -> Iterator[Functions]:
    """Functions, layers and their role, removed after the test."""
    made = Functions(cloud)
    yield made
    made.remove_all()
