"""Organizations as the product makes them: one stack each, from its own template."""

from __future__ import annotations

import uuid
from pathlib import Path

from stacks import CAPABILITIES, Stacks, empty_bucket

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
KINDS = ("lambda", "forms", "eln", "eln-drafts", "frontend")


class Organization:
    """One organization's stack, made from the product's own template, and what it leaves behind."""

    def __init__(self, stacks: Stacks, home: str) -> None:
        self.cloud, self.stacks, self.name = stacks.cloud, stacks, f"contract-{uuid.uuid4().hex[:10]}"
        text = TEMPLATE.read_text(encoding="utf-8")
        for folder, key in (("backend/rawscribe/", "code.zip"), ("backend/layers/dependencies/", "layer.zip")):
            assert text.count(f"Uri: {folder}") == 1
            text = text.replace(f"Uri: {folder}", f"Uri: s3://{home}/{key}")
        self.stack = stacks.name("org")
        self.cloud.client("cloudformation").create_stack(
            StackName=self.stack, TemplateBody=text, Capabilities=CAPABILITIES, Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in (
                    ("Environment", "dev"), ("Organization", self.name), ("UserPoolProtection", "INACTIVE"))])
        assert stacks.settled(self.stack) == "CREATE_COMPLETE"
        detail = stacks.api.describe_stack_resource(StackName=self.stack, LogicalResourceId="CognitoUserPool")
        self.pool: str = detail["StackResourceDetail"]["PhysicalResourceId"]
        self.function = f"rawscribe-dev-{self.name}-backend"

    def bucket(self, kind: str) -> str:
        """The name of one of its five buckets."""
        return f"{'syndi' if kind == 'frontend' else 'rawscribe'}-{kind}-dev-{self.name}-{self.cloud.account}"

    def remove(self) -> None:
        """Remove what the stack retains; the stack goes with the other stacks."""
        self.stacks.delete(self.stack)
        for kind in KINDS:
            empty_bucket(self.cloud, self.bucket(kind))
            self.cloud.client("s3").delete_bucket(Bucket=self.bucket(kind))
        self.cloud.client("cognito-idp").delete_user_pool(UserPoolId=self.pool)
