"""REST APIs made from a definition body."""

from __future__ import annotations

import json

import pytest
from cloud import Cloud, http
from rest_apis import body, cors_options, function_resources, proxy, template
from stacks import Stacks

ANY = "x-amazon-apigateway-any-method"


@pytest.mark.fix("api-import")
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_any_method_of_a_greedy_path_reaches_the_function(cloud: Cloud, stacks: Stacks, method: str) -> None:
    name = stacks.create(template(body({"/api/{proxy+}": {ANY: proxy()}})))
    answer = http(cloud.api_url(stacks.outputs(name)["ApiId"], "live", "/api/deep/er"), method, body=b"{}")
    assert (answer.status, answer.json["method"], answer.json["resource"]) == (200, method, "/api/{proxy+}")


@pytest.mark.fix("api-import")
def test_preflight_of_a_mock_integration_has_its_headers(cloud: Cloud, stacks: Stacks) -> None:
    name = stacks.create(template(body({"/x": {ANY: proxy(), "options": cors_options()}})))
    answer = http(cloud.api_url(stacks.outputs(name)["ApiId"], "live", "/x"), "OPTIONS")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET,POST,OPTIONS"


@pytest.mark.fix("api-import")
def test_gateway_responses_in_the_body_shape_the_errors(cloud: Cloud, stacks: Stacks) -> None:
    shaped = {"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}}
    definition = body({"/x": {"get": proxy()}}, **{"x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": shaped}})
    name = stacks.create(template(definition))
    answer = http(cloud.api_url(stacks.outputs(name)["ApiId"], "live", "/nothing"))
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (403, "*")


def test_a_guarded_any_method_refuses_and_its_preflight_does_not(cloud: Cloud, stacks: Stacks) -> None:
    definition = body(
        {"/x": {ANY: proxy(security=[{"Pool": []}]), "options": cors_options(), "get": proxy()}},
        securityDefinitions={"Pool": {
            "type": "apiKey", "name": "Authorization", "in": "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
                "type": "cognito_user_pools", "providerARNs": [{"Fn::GetAtt": ["Pool", "Arn"]}]}}})
    made = template(definition)
    made["Resources"]["Pool"] = {"Type": "AWS::Cognito::UserPool", "Properties": {}}
    url = cloud.api_url(stacks.outputs(stacks.create(made))["ApiId"], "live", "/x")
    assert [http(url, method, body=b"{}").status for method in ("POST", "OPTIONS", "GET")] == [401, 200, 200]


@pytest.mark.fix("api-identity")
def test_a_changed_body_keeps_the_id(stacks: Stacks) -> None:
    name = stacks.create(template(body({"/x": {"get": proxy()}})))
    before = stacks.outputs(name)["ApiId"]
    assert stacks.update(name, template(body({"/y": {"get": proxy()}}), "Deployment2")) == "UPDATE_COMPLETE"
    assert stacks.outputs(name)["ApiId"] == before


@pytest.mark.fix("api-snapshot")
def test_a_stage_serves_its_deployment_until_the_next(cloud: Cloud, stacks: Stacks) -> None:
    name = stacks.create(template(body({"/x": {"get": proxy()}})))
    url = cloud.api_url(stacks.outputs(name)["ApiId"], "live", "")
    changed = body({"/x": {"get": proxy()}, "/y": {"get": proxy()}})
    stacks.update(name, template(changed, "Deployment1"))
    assert http(f"{url}/y").status == 403, "the changed API was not deployed"
    stacks.update(name, template(changed, "Deployment2"))
    assert json.loads(http(f"{url}/y").body)["resource"] == "/y"


@pytest.mark.fix("http-api-import")
def test_an_http_api_has_the_routes_of_its_body(cloud: Cloud, stacks: Stacks) -> None:
    uri = {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations"}
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, "payloadFormatVersion": "2.0"}
    definition = {"openapi": "3.0.1", "info": {"title": {"Ref": "AWS::StackName"}, "version": "1"}, "paths": {
        "/notes/{id}": {ANY: {"x-amazon-apigateway-integration": integration}}}}
    name = stacks.create({
        "Resources": {
            **function_resources(),
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": definition}},
            "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
                "ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True}}},
        "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}}})
    url = cloud.api_url(stacks.outputs(name)["ApiId"], "$default", "")
    assert http(f"{url}/notes/7", "DELETE").json["method"] == "DELETE"
    assert http(f"{url}/other").status == 404


@pytest.mark.fix("api-errors")
@pytest.mark.parametrize("source", [
    "def handler(e, c): raise ValueError('secret')",
    "def handler(e, c): return 'x'",
    "def handler(e, c): return {'statusCode': 'secret'}",
    "def handler(e, c): return {'statusCode': 200, 'body': {'secret': 1}}"])
def test_a_failing_function_is_a_502_that_tells_nothing(cloud: Cloud, stacks: Stacks, source: str) -> None:
    shaped = {"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}}
    definition = body({"/x": {"get": proxy()}}, **{"x-amazon-apigateway-gateway-responses": {"DEFAULT_5XX": shaped}})
    made = template(definition)
    made["Resources"]["Echo"]["Properties"]["Code"] = {"ZipFile": source}
    answer = http(cloud.api_url(stacks.outputs(stacks.create(made))["ApiId"], "live", "/x"))
    assert (answer.status, answer.json) == (502, {"message": "Internal server error"})
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.fix("api-errors")
def test_a_slow_function_is_a_504(cloud: Cloud, stacks: Stacks) -> None:
    slow = proxy()
    slow["x-amazon-apigateway-integration"]["timeoutInMillis"] = 1000
    made = template(body({"/x": {"get": slow}}))
    made["Resources"]["Echo"]["Properties"] |= {
        "Timeout": 10, "Code": {"ZipFile": "import time\ndef handler(e, c): time.sleep(6)"}}
    answer = http(cloud.api_url(stacks.outputs(stacks.create(made))["ApiId"], "live", "/x"))
    assert (answer.status, answer.json) == (504, {"message": "Endpoint request timed out"})


@pytest.mark.fix("api-authorizer")
def test_the_access_token_is_not_an_identity(cloud: Cloud, stacks: Stacks) -> None:
    definition = body({"/x": {"get": proxy(security=[{"Pool": []}])}}, securityDefinitions={"Pool": {
        "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {
            "type": "cognito_user_pools", "providerARNs": [{"Fn::GetAtt": ["Pool", "Arn"]}]}}})
    made = template(definition)
    made["Resources"] |= {
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}},
        "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {
            "UserPoolId": {"Ref": "Pool"},
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}}}
    made["Outputs"] |= {"Pool": {"Value": {"Ref": "Pool"}}, "Client": {"Value": {"Ref": "Client"}}}
    outputs, idp = stacks.outputs(stacks.create(made)), cloud.client("cognito-idp")
    who, password = "someone", "Correct-horse-9!"
    idp.admin_create_user(UserPoolId=outputs["Pool"], Username=who, MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=outputs["Pool"], Username=who, Password=password, Permanent=True)
    tokens = idp.initiate_auth(ClientId=outputs["Client"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
        "USERNAME": who, "PASSWORD": password})["AuthenticationResult"]
    url = cloud.api_url(outputs["ApiId"], "live", "/x")
    asked = {token: http(url, headers={"Authorization": tokens[token]}).status for token in ("IdToken", "AccessToken")}
    assert asked == {"IdToken": 200, "AccessToken": 401}
