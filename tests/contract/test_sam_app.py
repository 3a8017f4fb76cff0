"""A SAM app of the public kind, deployed by the real SAM CLI and used end to end."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cloud import Cloud, http
from stacks import Stacks, empty_bucket

APP = Path(__file__).parent / "sam-app"
SAM = os.environ.get("SAM_CLI") or shutil.which("sam")


def sam_deploy(cloud: Cloud, name: str, bucket: str, folder: Path) -> None:
    """Plain `sam deploy`, with nothing of this machine's own configuration."""
    command = [str(SAM), "deploy", "--template-file", str(APP / "template.yaml"), "--stack-name", name,
               "--s3-bucket", bucket, "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset",
               "--region", cloud.region, "--no-progressbar"]
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    variables |= {"SAM_CLI_TELEMETRY": "0", "AWS_ENDPOINT_URL": cloud.endpoint}
    variables |= {name.upper(): value for name, value in cloud.credentials.items()}
    if not cloud.endpoint:
        variables = dict(os.environ)
    ran = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.fix("api-import")
@pytest.mark.fix("http-api-import")
def test_a_sam_app_works_end_to_end(cloud: Cloud, stacks: Stacks, tmp_path: Path) -> None:
    assert SAM, "the SAM CLI is needed: SAM_CLI names it"
    home = stacks.create({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
                          "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}}}, "artifacts")
    bucket, name = stacks.outputs(home)["Bucket"], stacks.name("sam")
    sam_deploy(cloud, name, bucket, tmp_path)
    outputs = stacks.outputs(name)

    rest = cloud.api_url(outputs["RestApiId"], "live", "/first")
    assert http(rest, "OPTIONS").headers["access-control-allow-origin"] == "*"
    assert http(rest, "POST", body=b"{}").status == 202
    assert cloud.wait(lambda: http(rest).status == 200)
    assert http(cloud.api_url(outputs["HttpApiId"], "$default", "/first")).json == {"id": "first"}

    http(cloud.api_url(outputs["RestApiId"], "live", "/bad"), "POST", body=b"{}")
    sqs = cloud.client("sqs")
    dead = cloud.wait(lambda: sqs.receive_message(QueueUrl=outputs["DeadQueue"], WaitTimeSeconds=1).get("Messages"))
    assert dead[0]["Body"] == "bad"
    empty_bucket(cloud, bucket)
