"""A stack cannot take over what another one, or nobody, has under that name.

AWS ("Name type", CloudFormation User Guide): names must be unique; creating a resource whose
name is taken fails with HandlerErrorCode AlreadyExists and the stack rolls back. A function
whose package is not in S3 fails as well.

MiniStack 1.5.33 lets the second stack have the first one's function, role, queue, table, log
group, alarm or topic (and delete it), and makes a function without code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudfront, cloudwatch, cloudwatch_logs, dynamodb, iam, lambda_svc, sns, sqs
from ministack.services.cloudformation import provisioners
from settings import Settings


class NameTaken(ValueError):
    """A resource of that name exists; the text is what CloudFormation shows."""


class NoPackage(ValueError):
    """A function's package is not where the template says."""


def _queue_exists(name: str) -> bool:
    return name in {queue.get("name") for queue in sqs._queues.values()}


def _edge_function_exists(name: str) -> bool:
    return name in cloudfront._functions


def _topic_exists(name: str) -> bool:
    return name in {arn.rpartition(":")[2] for arn in sns._topics}


# Type -> (the property that names it, whether something has that name).
NAMED: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::SQS::Queue": ("QueueName", _queue_exists),
    "AWS::DynamoDB::Table": ("TableName", lambda name: name in dynamodb._tables),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in cloudwatch_logs._log_groups),
    "AWS::CloudWatch::Alarm": ("AlarmName", lambda name: name in cloudwatch._alarms),
    "AWS::SNS::Topic": ("TopicName", _topic_exists),
    "AWS::CloudFront::Function": ("Name", _edge_function_exists),
}


def apply(settings: Settings) -> None:
    """Look before creating, and end a deleted function's processes."""
    for kind, (name_property, exists) in NAMED.items():
        _wrap_create(kind, name_property, exists)
    _wrap_function()


def _wrap_create(kind: str, name_property: str, exists: Callable[[str], bool]) -> None:
    handlers = provisioners._RESOURCE_HANDLERS[kind]
    create = handlers["create"]

    def create_if_free(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        name = properties.get(name_property)
        if name and exists(str(name)):
            raise NameTaken(f"Resource of type '{kind}' with identifier '{name}' already exists. "
                            "(HandlerErrorCode: AlreadyExists)")
        return create(logical_id, properties, stack)

    handlers["create"] = create_if_free


def _wrap_function() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, delete = handlers["create"], handlers["delete"]

    def create_with_code(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        code = properties.get("Code") or {}
        if code.get("S3Bucket") and not _package(code):
            raise NoPackage("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The "
                            f"specified key does not exist. (s3://{code['S3Bucket']}/{code.get('S3Key')})")
        return create(logical_id, properties, stack)

    def delete_with_processes(name: str, properties: dict[str, Any]) -> Any:
        lambda_svc.invalidate_worker(name, account=lambda_svc.get_account_id(), region=lambda_svc.get_region())
        return delete(name, properties)

    handlers["create"], handlers["delete"] = create_with_code, delete_with_processes


def _package(code: dict[str, Any]) -> Any:
    return lambda_svc._fetch_code_from_s3(code["S3Bucket"], code.get("S3Key"), version_id=code.get("S3ObjectVersion"))
