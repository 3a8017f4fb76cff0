"""Templates with an imported REST API, for the contract tests."""

from __future__ import annotations

from typing import Any

# Answers with what it was asked, so that a test sees which method reached it.
ECHO = """
import json
def handler(event, context):
    method = event.get("httpMethod") or event["requestContext"]["http"]["method"]
    seen = {"method": method, "resource": event.get("resource") or event["routeKey"]}
    return {"statusCode": 200, "headers": {"X-Made-By": "function"}, "body": json.dumps(seen)}
"""

ALLOWED_HEADERS = {
    "Access-Control-Allow-Origin": "'*'",
    "Access-Control-Allow-Headers": "'Authorization,Content-Type'",
    "Access-Control-Allow-Methods": "'GET,POST,OPTIONS'",
}


def proxy(**more: Any) -> dict[str, Any]:
    """An operation that the function answers."""
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations"
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": uri}}
    return {"x-amazon-apigateway-integration": integration, "responses": {}, **more}


def cors_options() -> dict[str, Any]:
    """The OPTIONS operation as SAM's `Cors` property writes it."""
    parameters = {f"method.response.header.{name}": value for name, value in ALLOWED_HEADERS.items()}
    return {
        "produces": ["application/json"],
        "responses": {"200": {"headers": {name: {"type": "string"} for name in ALLOWED_HEADERS}}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode" : 200}'},
            "responses": {"default": {"statusCode": "200", "responseParameters": parameters,
                                      "responseTemplates": {"application/json": "{}\n"}}},
        },
    }


def body(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A swagger 2.0 definition with these paths."""
    return {"swagger": "2.0", "info": {"title": {"Ref": "AWS::StackName"}, "version": "1"}, "paths": paths, **more}


def template(definition: dict[str, Any], deployment: str = "Deployment1") -> dict[str, Any]:
    """A stack with the function, the API and its stage `live`; a new deployment id deploys again."""
    return {
        "Resources": {
            **function_resources(),
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": definition}},
            deployment: {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
            "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {
                "RestApiId": {"Ref": "Api"}, "StageName": "live", "DeploymentId": {"Ref": deployment}}},
        },
        "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}},
    }


def function_resources() -> dict[str, Any]:
    """The function that echoes, its role, and the permission to call it."""
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Echo": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.13", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": ECHO}}},
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": {
            "FunctionName": {"Ref": "Echo"}, "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com"}},
    }
