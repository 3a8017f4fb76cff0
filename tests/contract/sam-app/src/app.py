"""A web function that keeps notes and hands out jobs, and the worker that does them."""

import json
import os

import boto3


def web(event, context):
    """GET reads a note, POST hands out a job to write one."""
    context = event["requestContext"]
    method = event.get("httpMethod") or context["http"]["method"]
    note = event["pathParameters"]["proxy"]
    if method == "POST":
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=note)
        return {"statusCode": 202, "headers": {"Access-Control-Allow-Origin": "*"}, "body": "{}"}
    found = boto3.resource("dynamodb").Table(os.environ["TABLE"]).get_item(Key={"id": note})
    return {"statusCode": 200 if "Item" in found else 404, "body": json.dumps(found.get("Item", {}))}


def worker(event, context):
    """Write the note of each job; a job named `bad` fails."""
    for record in event.get("Records", []):
        if record["body"] == "bad":
            raise ValueError("a bad job")
        boto3.resource("dynamodb").Table(os.environ["TABLE"]).put_item(Item={"id": record["body"]})
