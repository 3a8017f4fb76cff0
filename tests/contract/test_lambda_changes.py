"""Updates and versions of functions."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import urllib.request

import pytest
from cloud import zipped
from functions import RUNTIME, Functions
from stacks import Stacks, refusal

OLD = "def handler(event, context): return 'old'"
NEW = "def handler(event, context): return 'new'"


def digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(zipped({"index.py": source})).digest()).decode()


@pytest.mark.fix("lambda-updates")
def test_a_dry_run_answers_and_changes_nothing(functions: Functions) -> None:
    name = functions.create(OLD)
    answer = functions.update(name, NEW, DryRun=True)
    assert answer["CodeSha256"] == digest(NEW)
    assert functions.api.get_function_configuration(FunctionName=name)["CodeSha256"] == digest(OLD)
    assert functions.invoke(name) == "old"


@pytest.mark.fix("lambda-updates")
def test_a_change_during_an_update_is_refused(functions: Functions) -> None:
    name = functions.create(OLD)
    answer = functions.api.update_function_code(FunctionName=name, ZipFile=zipped({"index.py": NEW}))
    assert (answer["State"], answer["LastUpdateStatus"]) == ("Active", "InProgress")
    for refused in (
        refusal(functions.api.update_function_configuration, FunctionName=name, Timeout=5),
        refusal(functions.api.publish_version, FunctionName=name),
    ):
        assert refused[0] == "ResourceConflictException"
        assert "An update is in progress for resource: arn:aws" in refused[1]
    functions.settled(name)
    assert functions.invoke(name) == "new"


@pytest.mark.fix("lambda-updates")
def test_a_direct_package_has_a_limit(functions: Functions) -> None:
    name = functions.create(OLD)
    code, text = refusal(functions.api.update_function_code, FunctionName=name, ZipFile=os.urandom(53_000_000))
    assert code in ("RequestEntityTooLargeException", "413")
    assert functions.invoke(name) == "old", text


@pytest.mark.fix("lambda-updates")
@pytest.mark.parametrize(("variables", "text"), [
    ({"AWS_REGION": "x"}, "Reserved keys used in this request: AWS_REGION"), ({"BIG": "x" * 4096}, "4KB limit")])
def test_the_environment_has_rules(functions: Functions, variables: dict[str, str], text: str) -> None:
    name = functions.create(OLD)
    refused = refusal(functions.api.update_function_configuration,
                      FunctionName=name, Environment={"Variables": variables})
    assert refused[0] == "InvalidParameterValueException"
    assert text in refused[1]


@pytest.mark.fix("lambda-updates")
@pytest.mark.parametrize(("variables", "text"), [
    ({"LAMBDA_TASK_ROOT": "/x"}, "Reserved keys used in this request: LAMBDA_TASK_ROOT"),
    ({"BIG": "x" * 4096}, "4KB limit")])
def test_a_function_of_a_stack_has_the_same_rules(
        stacks: Stacks, functions: Functions, variables: dict[str, str], text: str) -> None:
    name = stacks.create({"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": {
        "Runtime": RUNTIME, "Handler": "index.handler", "Role": functions.role,
        "Code": {"ZipFile": OLD}, "Environment": {"Variables": variables}}}}})
    assert stacks.stack(name)["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.api.describe_stack_events(StackName=name)["StackEvents"]
    assert text in " ".join(event.get("ResourceStatusReason", "") for event in events)


@pytest.mark.fix("lambda-versions")
def test_publishing_checks_code_and_revision(functions: Functions) -> None:
    name = functions.create(OLD)
    other = refusal(functions.api.publish_version, FunctionName=name, CodeSha256=digest(NEW))
    assert other[0] == "InvalidParameterValueException"
    assert "is different from current CodeSHA256" in other[1]
    stale = refusal(functions.api.publish_version, FunctionName=name, RevisionId="0" * 36)
    assert stale[0] == "PreconditionFailedException"


@pytest.mark.fix("lambda-versions")
def test_the_same_code_again_makes_no_version(functions: Functions) -> None:
    name = functions.create(OLD)
    assert functions.api.publish_version(FunctionName=name)["Version"] == "1"
    functions.update(name, OLD)
    assert functions.api.publish_version(FunctionName=name, CodeSha256=digest(OLD))["Version"] == "1"
    functions.update(name, NEW)
    assert functions.api.publish_version(FunctionName=name)["Version"] == "2"


@pytest.mark.fix("lambda-versions")
def test_an_update_publishes_what_publishing_afterwards_would(functions: Functions) -> None:
    name = functions.create(OLD)
    updated = functions.update(name, NEW, Publish=True)
    assert (updated["Version"], updated["CodeSha256"]) == ("1", digest(NEW))
    assert updated["FunctionArn"].endswith(f":{name}:1")
    published = functions.api.publish_version(FunctionName=name, CodeSha256=digest(NEW))
    assert (published["Version"], published["RevisionId"]) == ("1", updated["RevisionId"])
    assert functions.update(name, NEW, Publish=True)["Version"] == "1"
    assert functions.invoke(name, "1") == "new"


def test_a_version_is_ready_when_its_update_has_settled(functions: Functions) -> None:
    name = functions.create(OLD)
    version = functions.api.update_function_code(
        FunctionName=name, ZipFile=zipped({"index.py": NEW}), Publish=True)["Version"]
    functions.settled(name)
    seen = functions.api.get_function_configuration(FunctionName=name, Qualifier=version)
    assert (seen["State"], seen["LastUpdateStatus"]) == ("Active", "Successful")


@pytest.mark.fix("lambda-versions")
def test_the_link_to_the_code_is_that_of_the_version(functions: Functions) -> None:
    name = functions.create(OLD)
    version = functions.api.publish_version(FunctionName=name)["Version"]
    functions.update(name, NEW)

    def linked(**asked: str) -> bytes:
        location = functions.api.get_function(FunctionName=name, **asked)["Code"]["Location"]
        with urllib.request.urlopen(location) as answer:
            content: bytes = answer.read()
        return content

    assert linked(Qualifier=version) == zipped({"index.py": OLD})
    assert linked() == zipped({"index.py": NEW})


def test_a_version_is_a_snapshot_of_code_environment_and_layers(functions: Functions) -> None:
    source = "import os, part\ndef handler(event, context): return [os.environ['A'], part.NAME]"
    layers = [functions.layer({"python/part.py": f"NAME = '{word}'"}) for word in ("one", "two")]
    name = functions.create(source, Environment={"Variables": {"A": "one"}}, Layers=layers[:1])
    version = functions.api.publish_version(FunctionName=name)["Version"]
    functions.api.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"A": "two"}}, Layers=layers[1:])
    functions.settled(name)
    functions.update(name, source + " + ['more']")
    assert functions.invoke(name, version) == ["one", "one"]
    assert functions.invoke(name) == ["two", "two", "more"]


@pytest.mark.fix("lambda-errors")
def test_a_failed_call_tells_the_exceptions_class(functions: Functions) -> None:
    name = functions.create("class Odd(Exception): pass\ndef handler(event, context): raise Odd('so: it is')")
    answer = functions.api.invoke(FunctionName=name)
    body = json.loads(answer["Payload"].read())
    assert (answer["FunctionError"], body["errorType"], body["errorMessage"]) == ("Unhandled", "Odd", "so: it is")
    assert body["stackTrace"]
