"""What a function finds around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from functions import Functions

ENVIRONMENT = """
import os
def handler(event, context):
    return {"variables": dict(os.environ), "version": context.function_version, "arn": context.invoked_function_arn}
"""
IMPORTS = """
import importlib
def handler(event, context):
    found = {}
    for name in event:
        try:
            found[name] = getattr(importlib.import_module(name), "WHERE", "there")
        except ImportError:
            found[name] = "missing"
    return found
"""


@pytest.mark.fix("lambda-sandbox")
def test_the_variables_aws_documents_are_set(functions: Functions) -> None:
    name = functions.create(ENVIRONMENT, Environment={"Variables": {"OWN": "1"}}, MemorySize=256)
    seen = functions.invoke(name)["variables"]
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert seen["AWS_LAMBDA_LOG_GROUP_NAME"] == f"/aws/lambda/{name}"
    assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert seen["AWS_REGION"] == functions.cloud.region
    assert (seen["OWN"], seen["_HANDLER"]) == ("1", "index.handler")


@pytest.mark.fix("lambda-sandbox")
def test_nothing_of_the_machine_is_handed_on(functions: Functions) -> None:
    name = functions.create(ENVIRONMENT)
    seen = set(functions.invoke(name)["variables"])
    assert not {"USER", "SHELL", "GATEWAY_PORT", "STATE_DIR", "PERSIST_STATE"} & seen


def test_a_version_knows_that_it_is_one(functions: Functions) -> None:
    name = functions.create(ENVIRONMENT)
    version = functions.api.publish_version(FunctionName=name)["Version"]
    seen = functions.invoke(name, version)
    assert seen["version"] == seen["variables"]["AWS_LAMBDA_FUNCTION_VERSION"] == version == "1"
    assert seen["arn"].endswith(f":{name}:1")


@pytest.mark.fix("lambda-sandbox")
def test_own_code_comes_before_layers_and_later_layers_before_earlier(functions: Functions) -> None:
    first = functions.layer({"python/both.py": "WHERE = 'first'",
                             "python/index.py": "def handler(e, c): return 'layer'"})
    second = functions.layer({"python/both.py": "WHERE = 'second'"})
    name = functions.create(IMPORTS, Layers=[first, second])
    assert functions.invoke(name, event=["both"]) == {"both": "second"}


@pytest.mark.slow
@pytest.mark.fix("lambda-sandbox")
def test_a_start_that_takes_more_than_ten_seconds_then_has_the_timeout(functions: Functions) -> None:
    slow = functions.create("import time\ntime.sleep(13)\ndef handler(event, context): return 'started'", Timeout=15)
    assert functions.invoke(slow) == "started"
    stuck = functions.create("import time\ntime.sleep(13)\ndef handler(event, context): pass", Timeout=1)
    answer = functions.api.invoke(FunctionName=stuck)
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read()) == {
        "errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 1.00 seconds"}


@pytest.mark.local
@pytest.mark.fix("lambda-early-start")
def test_a_version_published_with_its_code_starts_before_it_is_called(functions: Functions, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    name = functions.create("def handler(event, context): return 'old'")
    counting = f"open({str(begun)!r}, 'a').write('x')\ndef handler(event, context): return 'new'"
    version = functions.update(name, counting, Publish=True)["Version"]
    functions.cloud.wait(begun.exists)
    assert functions.invoke(name, version) == "new"
    assert begun.read_text() == "x"


@pytest.mark.local
def test_a_version_that_cannot_start_says_so_to_its_first_call(functions: Functions, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    name = functions.create("def handler(event, context): return 'old'")
    # It has said that it failed, and lives on for a while.
    broken = (f"import atexit, time\natexit.register(time.sleep, 2)\n"
              f"open({str(begun)!r}, 'a').write('x')\nraise RuntimeError('not today')")
    version = functions.update(name, broken, Publish=True)["Version"]
    functions.cloud.wait(begun.exists)
    for call in (2, 3):
        answer = functions.api.invoke(FunctionName=name, Qualifier=version)
        assert answer["FunctionError"] == "Unhandled"
        assert "not today" in json.loads(answer["Payload"].read())["errorMessage"]
        assert begun.read_text() == "x" * call


@pytest.mark.slow
@pytest.mark.local
@pytest.mark.fix("lambda-early-start")
def test_an_early_start_that_takes_ten_seconds_was_the_first_attempt(functions: Functions, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    name = functions.create("def handler(event, context): return 'old'", Timeout=1)
    endless = f"import time\nopen({str(begun)!r}, 'a').write('x')\ntime.sleep(60)"
    version = functions.update(name, endless, Publish=True)["Version"]
    functions.cloud.wait(begun.exists)
    answer = functions.api.invoke(FunctionName=name, Qualifier=version)
    assert json.loads(answer["Payload"].read())["errorType"] == "Sandbox.Timedout"
    assert begun.read_text() == "xx"


@pytest.mark.fix("lambda-sandbox")
def test_only_boto3_comes_with_the_runtime(functions: Functions) -> None:
    name = functions.create(IMPORTS)
    assert functions.invoke(name, event=["boto3", "yaml", "pydantic"]) == {
        "boto3": "there", "yaml": "missing", "pydantic": "missing"}
