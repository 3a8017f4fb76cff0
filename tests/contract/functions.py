"""Lambda functions as the contract tests use them: made, invoked, and always removed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from cloud import Cloud, unique, zipped

RUNTIME = "python3.13"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@dataclass
class Functions:
    """The functions and layers of one test, with a role that may do nothing."""

    cloud: Cloud
    made: list[str] = field(default_factory=list)
    layers: list[tuple[str, int]] = field(default_factory=list)
    _roles: list[str] = field(default_factory=list)

    @property
    def api(self) -> Any:
        """The Lambda client."""
        return self.cloud.client("lambda")

    @property
    def role(self) -> str:
        """The role's ARN, made when first asked for."""
        return self._roles[0] if self._roles else self.new_role()

    def new_role(self) -> str:
        """Make a role that may do nothing. Returns its ARN."""
        made = self.cloud.client("iam").create_role(RoleName=unique("role"), AssumeRolePolicyDocument=json.dumps(TRUST))
        self._roles.append(made["Role"]["Arn"])
        return self._roles[-1]

    def create(self, source: str | dict[str, str], **more: Any) -> str:
        """Create a function of these files, or whose index.py is this source. Returns its name, once it is active."""
        files = {"index.py": source} if isinstance(source, str) else source
        name = unique("function")
        self.made.append(name)

        self._with_role(self.api.create_function, FunctionName=name, Runtime=RUNTIME, Role=self.role,
                        Handler="index.handler", Code={"ZipFile": zipped(files)}, **more)
        return self.settled(name)

    def _with_role(self, call: Any, **arguments: Any) -> None:
        """Make a call that names a role, which is new to Lambda for some seconds."""

        def made() -> bool:
            try:
                call(**arguments)
            except ClientError as error:
                if "cannot be assumed" in str(error):
                    return False
                raise
            return True

        self.cloud.wait(made)

    def give_role(self, name: str, role: str) -> None:
        """Let a function have another role, and wait until that is done."""
        self._with_role(self.api.update_function_configuration, FunctionName=name, Role=role)
        self.settled(name)

    def update(self, name: str, source: str, **more: Any) -> Any:
        """Replace a function's index.py and wait until that is done. Returns Lambda's answer."""
        answer = self.api.update_function_code(FunctionName=name, ZipFile=zipped({"index.py": source}), **more)
        self.settled(name)
        return answer

    def settled(self, name: str) -> str:
        """Wait until a function is active and nothing of it is being changed."""

        def ready() -> str | None:
            seen = self.api.get_function_configuration(FunctionName=name)
            return name if seen["State"] == "Active" and seen["LastUpdateStatus"] == "Successful" else None

        return self.cloud.wait(ready)

    def layer(self, files: dict[str, str]) -> str:
        """Publish a layer of these files. Returns the version's ARN."""
        name = unique("layer")
        made = self.api.publish_layer_version(LayerName=name, Content={"ZipFile": zipped(files)})
        self.layers.append((name, made["Version"]))
        arn: str = made["LayerVersionArn"]
        return arn

    def invoke(self, name: str, qualifier: str = "$LATEST", event: Any = None) -> Any:
        """Invoke a function. Returns what it returned."""
        answer = self.api.invoke(FunctionName=name, Qualifier=qualifier, Payload=json.dumps(event))
        body = json.loads(answer["Payload"].read() or b"null")
        assert "FunctionError" not in answer, body
        return body

    def remove_all(self) -> None:
        """Remove what the test made."""
        for name in self.made:
            self.api.delete_function(FunctionName=name)
        for layer, version in self.layers:
            self.api.delete_layer_version(LayerName=layer, VersionNumber=version)
        for role in self._roles:
            self.cloud.client("iam").delete_role(RoleName=role.rsplit("/", 1)[1])
