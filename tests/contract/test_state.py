"""The local AWS keeps what it was told, however it ends."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from local_aws import LAUNCHER, LocalAws, cloud_of, emulator_python
from rest_apis import body, proxy, template
from stacks import Stacks

pytestmark = pytest.mark.local


def fill(local: LocalAws) -> str:
    """A stack with an API, a bucket with two versions of an object, and a user. Returns the stack's name."""
    made = template(body({"/x": {"get": proxy()}}))
    made["Resources"]["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": {
        "VersioningConfiguration": {"Status": "Enabled"}}}
    made["Outputs"]["Bucket"] = {"Value": {"Ref": "Bucket"}}
    stacks = Stacks(cloud_of(local))
    name = stacks.create(made)
    s3 = stacks.cloud.client("s3")
    for text in (b"first", b"second"):
        s3.put_object(Bucket=stacks.outputs(name)["Bucket"], Key="a/b", Body=text, Tagging="a=b")
    return name


def check(local: LocalAws, name: str) -> None:
    """All of `fill` is there and works together."""
    cloud = cloud_of(local)
    stacks = Stacks(cloud)
    outputs = stacks.outputs(name)
    assert stacks.stack(name)["StackStatus"] == "CREATE_COMPLETE"
    s3 = cloud.client("s3")
    assert s3.get_object(Bucket=outputs["Bucket"], Key="a/b")["Body"].read() == b"second"
    assert len(s3.list_object_versions(Bucket=outputs["Bucket"])["Versions"]) == 2
    assert s3.get_object_tagging(Bucket=outputs["Bucket"], Key="a/b")["TagSet"] == [{"Key": "a", "Value": "b"}]
    methods = cloud.client("apigateway").get_resources(restApiId=outputs["ApiId"])["items"]
    assert {item["path"] for item in methods} == {"/", "/x"}
    function = stacks.api.describe_stack_resource(StackName=name, LogicalResourceId="Echo")
    physical = function["StackResourceDetail"]["PhysicalResourceId"]
    assert cloud.client("lambda").get_function(FunctionName=physical)["Configuration"]["State"] == "Active"


def saved(local: LocalAws) -> None:
    """Wait until all that was acknowledged is saved."""
    cloud_of(local).wait(lambda: not local.status()["state"]["pending"])
    assert not local.status()["state"]["problem"]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_everything_is_there_after_an_end(tmp_path: Path, sign: int) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        name = fill(local)
        if sign == signal.SIGKILL:
            saved(local)
        local.stop(sign)
        local.start()
        check(local, name)
        assert local.status()["notices"] == []


def test_a_damaged_state_is_told_and_the_one_before_is_used(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        name = fill(local)
        saved(local)
        cloud_of(local).client("sqs").create_queue(QueueName="later")
        local.stop()
        newest = max((tmp_path / "state").glob("*.json"))
        newest.write_bytes(newest.read_bytes()[:-20])
        local.start()
        check(local, name)
        assert "damaged" in " ".join(local.status()["notices"])
        assert "damaged" in local.log.read_text()


def test_a_state_damaged_throughout_is_set_aside_by_name(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        fill(local)
        local.stop()
        for content in (tmp_path / "state" / "blobs").glob("*/*"):
            content.write_bytes(b"not this")
        local.start()
        assert local.status()["stacks"] == 0
        aside = next(tmp_path.glob("state-damaged-*"))
        assert str(aside) in " ".join(local.status()["notices"])


@pytest.mark.slow
def test_it_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    """What was acknowledged two seconds before a kill is there, and whatever is there is whole."""
    written: dict[str, tuple[float, bytes]] = {}
    with LocalAws(folder=str(tmp_path)) as local:
        s3 = cloud_of(local).client("s3")
        s3.create_bucket(Bucket="contract-kill")
        saved(local)
        for round_number in range(8):
            deadline = time.monotonic() + 0.3 + round_number * 0.4
            while time.monotonic() < deadline:
                key, content = uuid.uuid4().hex, os.urandom(20_000)
                s3.put_object(Bucket="contract-kill", Key=key, Body=content)
                written[key] = (time.monotonic(), content)
            killed = time.monotonic()
            local.stop(signal.SIGKILL)
            local.start()
            assert local.status()["notices"] == []
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket="contract-kill")
            there = {item["Key"] for page in pages for item in page.get("Contents", [])}
            assert {key for key, (when, _) in written.items() if when < killed - 2} <= there
            written = {key: record for key, record in written.items() if key in there}
            assert set(written) == there
            for key, (_, content) in written.items():
                assert s3.get_object(Bucket="contract-kill", Key=key)["Body"].read() == content


def manifest(folder: Path) -> Path:
    """The newest saved state's own file."""
    return max((folder / "state").glob("*.json"))


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a saved state's file, and its name, which is its checksum."""
    body = json.loads(path.read_bytes())
    change(body)
    data = json.dumps(body).encode()
    path.unlink()
    path.with_name(f"{path.name[:6]}-{hashlib.sha256(data).hexdigest()[:16]}.json").write_bytes(data)


def test_an_older_state_is_read_and_a_newer_one_refused(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        name = fill(local)
        local.stop()
        rewritten(manifest(tmp_path), lambda body: body.pop("format"))
        local.start()
        check(local, name)
        local.stop()
        rewritten(manifest(tmp_path), lambda body: body.update(format=99))
        before = sorted(tmp_path.glob("state/**/*"))
        with pytest.raises(RuntimeError, match=r"later version of the local AWS \(format 99, this one reads"):
            local.start()
        assert sorted(tmp_path.glob("state/**/*")) == before


@pytest.mark.slow
def test_a_state_that_cannot_be_read_is_not_taken_for_damaged(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        fill(local)
        local.stop()
        newest = manifest(tmp_path)
        kept = newest.rename(tmp_path / "kept")
        newest.mkdir()
        with pytest.raises(RuntimeError, match="cannot be used"):
            local.start()
        assert "Traceback" not in local.log.read_text()
        newest.rmdir()
        kept.rename(newest)
        local.start()
        assert local.status()["stacks"] == 1


@pytest.mark.slow
def test_contents_without_a_saved_state_are_told_and_kept(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        fill(local)
        local.stop()
        for path in (tmp_path / "state").glob("*.json"):
            path.unlink()
        local.start()
        assert "no saved state" in " ".join(local.status()["notices"])
        assert next(tmp_path.glob("state-damaged-*/blobs"))


def test_an_end_that_cannot_save_says_so_and_fails(tmp_path: Path) -> None:
    full = LocalAws(folder=str(tmp_path))
    full.largest_file = 100_000
    with full as local:
        s3 = cloud_of(local).client("s3")
        s3.create_bucket(Bucket="contract-full")
        saved(local)
        s3.put_object(Bucket="contract-full", Key="big", Body=os.urandom(500_000))
        assert local.stop() == 1
        assert "the last changes are lost" in local.log.read_text()


@pytest.mark.slow
@pytest.mark.linux
def test_a_start_waits_for_what_a_killed_process_still_writes(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    holder = tmp_path / "holder.json"
    holder.write_text(json.dumps({"pid": gone.pid, "port": 1}))
    writer = subprocess.Popen(["flock", str(holder), "sleep", "4"])
    with LocalAws(folder=str(tmp_path)) as local:
        assert local.status()["stacks"] == 0
    writer.wait()


SLOW_SAVE = """
import asyncio, os, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from state import checkpoint
from state.store import Store
checkpoint.SLOW_SECONDS, checkpoint.SAVE_SECONDS = 0.2, 1
checkpoint.snapshot.save = lambda *_: time.sleep(60)
checkpoints = checkpoint.Checkpoints(Store(Path(sys.argv[2])), {}, os.open(os.devnull, os.O_RDONLY))
print(asyncio.run(checkpoints.save()), checkpoints.problem)
"""


@pytest.mark.slow
def test_a_save_that_hangs_is_told_and_ended(tmp_path: Path) -> None:
    command = [emulator_python(), "-c", SLOW_SAVE, str(LAUNCHER.parent), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "saving takes longer than 0.2 s" in ran.stderr
    assert "False the saving process ended with -14" in ran.stdout


def test_a_full_disk_leaves_the_state_before_it(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)) as local:
        name = fill(local)
        local.stop()
        local.largest_file = 100_000
        local.start()
        bucket = Stacks(cloud_of(local)).outputs(name)["Bucket"]
        cloud_of(local).client("s3").put_object(Bucket=bucket, Key="big", Body=os.urandom(500_000))
        assert cloud_of(local).wait(lambda: local.status()["state"]["problem"])
        assert "was not saved" in local.log.read_text()
        local.stop(signal.SIGKILL)
        local.largest_file = None
        local.start()
        check(local, name)
        assert local.status()["notices"] == []


def test_what_an_earlier_run_unpacked_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "tmp" / "packages" / "old"
    left.mkdir(parents=True)
    with LocalAws(folder=str(tmp_path)):
        assert not left.exists()


@pytest.mark.linux
def test_nothing_listens_beyond_this_machine() -> None:
    with LocalAws("--auth") as local:
        files = Path(f"/proc/{local.status()['pid']}/fd")
        sockets = {os.readlink(link) for link in files.iterdir() if link.is_symlink()}
        tables = "".join(Path(f"/proc/net/{table}").read_text() for table in ("tcp", "tcp6"))
        rows = [row.split() for row in tables.splitlines() if ":" in row.split()[1]]
        listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
        assert [int(place.split(":")[1], 16) for place in listening] == [local.port]
        assert all(place.startswith("0100007F:") for place in listening)


def test_a_second_process_is_refused_the_folder(tmp_path: Path) -> None:
    with LocalAws(folder=str(tmp_path)), pytest.raises(RuntimeError, match="in use by another local AWS"):
        LocalAws(folder=str(tmp_path)).start()
