"""An HTTP API has the routes of its definition body.

AWS ("AWS::ApiGatewayV2::Api", `Body`, CloudFormation template reference; "Working with OpenAPI
definitions for HTTP APIs", API Gateway Developer Guide): routes, integrations, JWT authorizers and
CORS come from the definition; `x-amazon-apigateway-any-method` is ANY and a path called $default
is the catch-all. This is how SAM writes every HttpApi event.

MiniStack 1.5.33 does not read the body: all routes answer 404.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import apigateway as gateway
from ministack.services.cloudformation import provisioners
from settings import Settings

ANY = "x-amazon-apigateway-any-method"
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", ANY}
CORS_FIELDS = ("allowOrigins", "allowHeaders", "allowMethods", "exposeHeaders", "maxAge", "allowCredentials")


def apply(settings: Settings) -> None:
    """Import the body when the API is made, and again when the body changes."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]

    def create_with_body(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        made = create(logical_id, _named(properties), stack)
        _import(made[0], properties.get("Body"))
        return made

    def update_with_body(api_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, *rest: Any) -> Any:
        made = update(api_id, _named(old), _named(new), stack, *rest)
        if old.get("Body") != new.get("Body") or made[0] != api_id:
            _import(made[0], new.get("Body"))
        return made

    handlers["create"], handlers["update"] = create_with_body, update_with_body


def _named(properties: dict[str, Any]) -> dict[str, Any]:
    title = ((properties.get("Body") or {}).get("info") or {}).get("title")
    return {"Name": title, **properties} if title else properties


def _import(api_id: str, definition: Any) -> None:
    if not isinstance(definition, dict):
        return
    for store in (gateway._routes, gateway._integrations, gateway._authorizers):
        store[api_id] = {}
    cors = definition.get("x-amazon-apigateway-cors")
    if cors:
        gateway._apis[api_id]["corsConfiguration"] = {name: cors[name] for name in CORS_FIELDS if name in cors}
    authorizers = _authorizers(api_id, definition)
    for path, item in (definition.get("paths") or {}).items():
        for method, operation in item.items():
            if method.lower() in METHODS:
                _route(api_id, path, method.lower(), operation or {}, authorizers)


def _authorizers(api_id: str, definition: dict[str, Any]) -> dict[str, str]:
    """The ids of the JWT authorizers by the name of their security scheme."""
    made = {}
    for name, scheme in ((definition.get("components") or {}).get("securitySchemes") or {}).items():
        described = scheme.get("x-amazon-apigateway-authorizer") or {}
        if described.get("type") == "jwt":
            source = described.get("identitySource") or "$request.header.Authorization"
            answer = gateway._create_authorizer(api_id, {
                "name": name, "authorizerType": "JWT", "jwtConfiguration": described.get("jwtConfiguration") or {},
                "identitySource": [source] if isinstance(source, str) else source})
            made[name] = json.loads(answer[2])["authorizerId"]
    return made


def _route(api_id: str, path: str, method: str, operation: dict[str, Any], authorizers: dict[str, str]) -> None:
    integration = operation.get("x-amazon-apigateway-integration") or {}
    answer = gateway._create_integration(api_id, {
        "integrationType": str(integration.get("type", "aws_proxy")).upper(),
        "integrationUri": integration.get("uri", ""), "integrationMethod": integration.get("httpMethod", "POST"),
        "payloadFormatVersion": str(integration.get("payloadFormatVersion", "2.0"))})
    key = "$default" if path == "/$default" else f"{'ANY' if method == ANY else method.upper()} {path}"
    route = {"routeKey": key, "target": f"integrations/{json.loads(answer[2])['integrationId']}"}
    for requirement in operation.get("security") or []:
        for name, scopes in requirement.items():
            if name in authorizers:
                route |= {"authorizationType": "JWT", "authorizerId": authorizers[name], "authorizationScopes": scopes}
    gateway._create_route(api_id, route)
