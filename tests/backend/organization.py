"""An organization as a test sees it: buckets, users, the app and its Lambda handler."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from mangum import Mangum

from rawscribe.app import create_app

Claims = dict[str, Any]
NO_CONTEXT: Any = None


class S3Client(Protocol):
    def create_bucket(self, **parameters: Any) -> dict[str, Any]: ...

    def put_object(self, **parameters: Any) -> dict[str, Any]: ...

    def get_object(self, **parameters: Any) -> dict[str, Any]: ...

    def delete_object(self, **parameters: Any) -> dict[str, Any]: ...

    def list_objects_v2(self, **parameters: Any) -> dict[str, Any]: ...


def user(name: str, *groups: str) -> Claims:
    """Claims as the Cognito authorizer of a REST API passes them on."""
    return {
        "sub": f"sub-of-{name}",
        "cognito:username": name,
        "email": f"{name}@example.org",
        "cognito:groups": ",".join(groups),
    }


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])


class Organization:
    def __init__(self, s3: S3Client, **environ: str) -> None:
        self.s3 = s3
        self.seconds = 0.0
        unique = uuid.uuid4().hex[:12]
        self.environ = {
            "AWS_ENDPOINT_URL": "set",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "ENV": "test",
            "ORG": "demo",
            "CONFIG_S3_BUCKET": f"config-{unique}",
            "CONFIG_S3_KEY": "config.json",
            "FORMS_BUCKET": f"forms-{unique}",
            "ELN_BUCKET": f"eln-{unique}",
            "DRAFTS_BUCKET": f"drafts-{unique}",
            **environ,
        }
        for variable in ("CONFIG_S3_BUCKET", "FORMS_BUCKET", "ELN_BUCKET", "DRAFTS_BUCKET"):
            s3.create_bucket(Bucket=self.environ[variable])
        self.restart()

    def restart(self, **environ: str) -> None:
        """A new process: nothing cached, the environment changed as given."""
        self.environ = {**self.environ, **environ}
        self.app = create_app(self.environ, lambda: self.seconds)
        # One client for the session: building one takes longer than a whole test.
        self.app.state.services.s3.api = self.s3
        self.handler = Mangum(self.app, lifespan="off")

    def put_config(self, config: object) -> None:
        body = config if isinstance(config, bytes) else json.dumps(config).encode()
        self.s3.put_object(Bucket=self.environ["CONFIG_S3_BUCKET"], Key="config.json", Body=body)

    def put_sop(self, file: str, text: str | bytes) -> None:
        body = text if isinstance(text, bytes) else text.encode()
        self.s3.put_object(Bucket=self.environ["FORMS_BUCKET"], Key=f"sops/{file}", Body=body)

    def ask(
        self,
        path: str,
        claims: Claims | None = None,
        method: str = "GET",
        body: object = None,
        **extra: Any,
    ) -> Answer:
        """Call the handler with the event that a REST API proxy integration sends."""
        context = {"requestId": "request-1", "stage": "test", "path": f"/test{path}"}
        event = {
            "resource": "/api/{proxy+}",
            "path": path,
            "httpMethod": method,
            "headers": {"Host": "api.example.org", "Content-Type": "application/json"},
            "requestContext": {**context, "authorizer": {"claims": claims}} if claims else context,
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
            **extra,
        }
        answer = self.handler(event, NO_CONTEXT)
        return Answer(
            answer["statusCode"],
            json.loads(answer["body"]) if answer["body"] else None,
            answer["headers"],
        )

    def post(self, path: str, claims: Claims | None, body: object) -> Answer:
        return self.ask(path, claims, "POST", body)

    def keys(self, variable: str) -> list[str]:
        """All keys of the bucket that this variable names."""
        page = self.s3.list_objects_v2(Bucket=self.environ[variable])
        return [item["Key"] for item in page.get("Contents", [])]


def with_small_pages(org: Organization) -> None:
    """Let S3 give two keys a page, so that a listing of seven needs four."""

    class SmallPages:
        def __getattr__(self, name: str) -> Any:
            return getattr(org.s3, name)

        def list_objects_v2(self, **parameters: Any) -> dict[str, Any]:
            return org.s3.list_objects_v2(MaxKeys=2, **parameters)

    org.app.state.services.s3.api = SmallPages()
