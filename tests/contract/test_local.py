"""What the local AWS offers beyond AWS: delays, a status, and refusing what it cannot serve."""

from __future__ import annotations

import os
import resource
import subprocess
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from functions import Functions
from local_aws import LAUNCHER, LocalAws, cloud_of, emulator_python, free_port
from stacks import Stacks, request

pytestmark = pytest.mark.local
QUEUES: dict[str, Any] = {"Resources": {name: {"Type": "AWS::SQS::Queue"} for name in ("A", "B", "C")}}


def launch(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [emulator_python(), str(LAUNCHER), *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


@pytest.mark.fix("cfn-delays")
def test_operations_take_as_long_as_asked() -> None:
    with LocalAws("--delay", "AWS::SQS::Queue=400") as local:
        stacks = Stacks(cloud_of(local))
        name = stacks.name("slow")
        stacks.api.create_stack(StackName=name, **request(QUEUES))
        assert stacks.stack(name)["StackStatus"] == "CREATE_IN_PROGRESS"
        assert stacks.settled(name) == "CREATE_COMPLETE"


@pytest.mark.fix("lambda-workers")
def test_calls_beyond_the_bound_on_processes_wait_for_their_turn() -> None:
    with LocalAws("--workers", "2") as local:
        functions = Functions(cloud_of(local))
        name = functions.create("import time\ndef handler(event, context):\n    time.sleep(0.3)\n    return event")
        most = 0
        with ThreadPoolExecutor(6) as pool:
            calls = [pool.submit(functions.invoke, name, event=number) for number in range(6)]
            while not all(call.done() for call in calls):
                most = max(most, local.status()["functionProcesses"])
        assert sorted(call.result() for call in calls) == list(range(6))
        assert most == 2


@pytest.mark.fix("cfn-delays")
def test_deleting_ends_a_creation_and_leaves_nothing() -> None:
    with LocalAws("--delay", "300") as local:
        stacks = Stacks(cloud_of(local))
        stack_id = stacks.api.create_stack(StackName=stacks.name("slow"), **request(QUEUES))["StackId"]
        stacks.api.delete_stack(StackName=stack_id)
        assert stacks.settled(stack_id) == "DELETE_COMPLETE"
        assert ("C", "CREATE_COMPLETE") not in stacks.events(stack_id)
        assert not stacks.cloud.client("sqs").list_queues().get("QueueUrls")


def test_an_interrupted_operation_ends_in_a_state_with_a_way_on(tmp_path: Path) -> None:
    with LocalAws("--delay", "1500", folder=str(tmp_path)) as local:
        stacks = Stacks(cloud_of(local))
        name = stacks.name("cut")
        stacks.api.create_stack(StackName=name, **request(QUEUES))
        local.stop()
        local.start()
        assert stacks.stack(name)["StackStatus"] == "CREATE_FAILED"
        assert name in " ".join(local.status()["notices"])
        assert stacks.delete(name) == "DELETE_COMPLETE"


def test_a_reset_is_remembered(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        stacks = Stacks(cloud_of(local))
        stacks.create(QUEUES)
        stacks.cloud.client("s3").create_bucket(Bucket="contract-reset")
        urllib.request.urlopen(f"{local.endpoint}/_ministack/reset", data=b"", timeout=60).close()
        local.stop()
        local.start()
        assert local.status()["stacks"] == 0
        assert stacks.cloud.client("s3").list_buckets()["Buckets"] == []


def test_the_status_tells_whose_process_it_is() -> None:
    with LocalAws() as local:
        status = local.status()
        assert (status["service"], status["port"], status["dir"]) == (
            "rawscribe-local-aws", local.port, str(Path(local.folder).resolve()))
        assert status["ministack"] == "1.5.33"
        assert "cfn-conditions" in status["fixes"]


def test_a_taken_port_and_an_unknown_fix_are_told_in_one_line(tmp_path: Path) -> None:
    with LocalAws() as local:
        taken = launch("--port", str(local.port), "--dir", str(tmp_path))
        assert taken.returncode == 4
        assert f"port {local.port}" in taken.stderr
        assert len(taken.stderr.splitlines()) == 1
        unknown = launch("--port", "1", "--dir", str(tmp_path), "--without", "nothing")
        assert unknown.returncode == 2
        assert "nothing" in unknown.stderr


@pytest.mark.parametrize(("option", "value"), [
    ("--port", "99999"), ("--port", "0"), ("--delay", "-5"), ("--delay", "AWS::S3::Bucket=soon"),
    ("--log-level", "LOUD")])
def test_a_wrong_value_is_told_with_its_option(tmp_path: Path, option: str, value: str) -> None:
    refused = launch("--port", "1", "--dir", str(tmp_path / "dir"), f"{option}={value}")
    assert refused.returncode == 2
    assert option in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "dir").exists()


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    def no_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    command = [emulator_python(), str(LAUNCHER), "--port", str(free_port()), "--dir", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, preexec_fn=no_space)
    assert refused.returncode == 4
    assert str(tmp_path) in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_another_version_of_the_emulator_is_refused_with_what_to_do(tmp_path: Path) -> None:
    other = tmp_path / "ministack-9.9.9.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: ministack\nVersion: 9.9.9\n")
    refused = launch("--port", "1", "--dir", str(tmp_path / "dir"), PYTHONPATH=str(tmp_path))
    assert refused.returncode == 4
    assert "has 9.9.9" in refused.stderr
    assert "install infra/toolchain/emulator.txt" in refused.stderr
