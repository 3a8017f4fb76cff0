"""A web function that keeps notes and hands out jobs, and the worker that does them."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3


def web(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """GET reads a note, POST hands out a job to write one."""
    asked = event["requestContext"]
    method = event.get("httpMethod") or asked["http"]["method"]
    note = event["pathParameters"]["proxy"]
    if method == "POST":
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=note)
        return {"statusCode": 202, "headers": {"Access-Control-Allow-Origin": "*"}, "body": "{}"}
    found = boto3.resource("dynamodb").Table(os.environ["TABLE"]).get_item(Key={"id": note})
    return {"statusCode": 200 if "Item" in found else 404, "body": json.dumps(found.get("Item", {}))}


def worker(event: dict[str, Any], context: Any) -> None:
    """Write the note of each job; a job named `bad` fails."""
    for record in event.get("Records", []):
        if record["body"] == "bad":
            raise ValueError("a bad job")
        boto3.resource("dynamodb").Table(os.environ["TABLE"]).put_item(Item={"id": record["body"]})
