"""The local AWS keeps what it was told, however it ends."""

from __future__ import annotations

import os
import signal
import time
import uuid
from pathlib import Path

import pytest
from cloud import Cloud
from local_aws import LocalAws
from rest_apis import body, proxy, template
from stacks import Stacks

pytestmark = pytest.mark.local
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def cloud_of(local: LocalAws) -> Cloud:
    return Cloud(local.endpoint, "us-east-1", "000000000000", KEYS)


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
    """Give the local AWS the second it may take to save."""
    time.sleep(1.5)
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
    with LocalAws(folder=str(tmp_path)) as local:
        s3 = cloud_of(local).client("s3")
        s3.create_bucket(Bucket="contract-kill")
        saved(local)
        for round_number in range(8):
            deadline = time.monotonic() + 0.2 + round_number * 0.13
            while time.monotonic() < deadline:
                s3.put_object(Bucket="contract-kill", Key=uuid.uuid4().hex, Body=os.urandom(20_000))
            local.stop(signal.SIGKILL)
            local.start()
            assert local.status()["notices"] == []
            for item in s3.list_objects_v2(Bucket="contract-kill").get("Contents", []):
                assert len(s3.get_object(Bucket="contract-kill", Key=item["Key"])["Body"].read()) == 20_000


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
