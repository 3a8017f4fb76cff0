"""An imported REST API has all its methods, responses and models of access.

AWS ("x-amazon-apigateway-any-method object", "x-amazon-apigateway-integration object",
"x-amazon-apigateway-gateway-responses object", API Gateway Developer Guide): the extension
`x-amazon-apigateway-any-method` is the method ANY; an integration brings its request
templates and responses, which is how SAM writes the OPTIONS methods of its `Cors` property;
gateway responses, binary media types and the minimum compression size can stand in the body.

MiniStack 1.5.33 drops all of these: ANY paths answer 403, and OPTIONS has no CORS headers.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1 as gateway
from settings import Settings

ANY = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
# Written alike in the body and in the API's own call; MiniStack takes three of them itself.
INTEGRATION_FIELDS = ("requestTemplates", "requestParameters", "passthroughBehavior", "contentHandling",
                      "credentials", "timeoutInMillis", "cacheNamespace", "cacheKeyParameters")


def apply(settings: Settings) -> None:
    """Teach the importer what it leaves out."""
    gateway._OPENAPI_HTTP_METHODS.add("any")
    _wrap_path_items()
    _wrap_operations()
    _wrap_api()


def _wrap_path_items() -> None:
    original = gateway._import_path_item

    def import_path_item(api_id: str, path: str, item: dict[str, Any], *rest: Any) -> None:
        renamed = {("any" if name.lower() == ANY else name): value for name, value in item.items()}
        original(api_id, path, renamed, *rest)

    gateway._import_path_item = import_path_item


def _wrap_operations() -> None:
    original = gateway._import_operation

    def import_operation(api_id: str, resource: str, method: str, operation: dict[str, Any], *rest: Any) -> None:
        original(api_id, resource, method, operation, *rest)
        operation = operation or {}
        for status, response in (operation.get("responses") or {}).items():
            _add_method_response(api_id, resource, method, str(status), response or {})
        record = gateway._resources[api_id][resource]["resourceMethods"][method]
        described, integration = operation.get(INTEGRATION), record.get("methodIntegration")
        if described and integration is not None:
            _complete_integration(api_id, resource, method, described, integration)

    gateway._import_operation = import_operation


def _add_method_response(api_id: str, resource: str, method: str, status: str, response: dict[str, Any]) -> None:
    headers = {f"method.response.header.{name}": False for name in response.get("headers") or {}}
    gateway._put_method_response(api_id, resource, method, status, {"responseParameters": headers})


def _complete_integration(
    api_id: str, resource: str, method: str, described: dict[str, Any], integration: dict[str, Any]
) -> None:
    integration.update({name: described[name] for name in INTEGRATION_FIELDS if name in described})
    for pattern, response in (described.get("responses") or {}).items():
        gateway._put_integration_response(api_id, resource, method, str(response.get("statusCode", "200")), {
            "selectionPattern": "" if pattern == "default" else str(pattern),
            "responseParameters": response.get("responseParameters") or {},
            "responseTemplates": response.get("responseTemplates") or {},
        })


def _wrap_api() -> None:
    original = gateway._import_rest_api

    def import_rest_api(spec: dict[str, Any], base: dict[str, Any] | None = None) -> str:
        api_id: str = original(spec, base)
        api = gateway._rest_apis[api_id]
        media_types = spec.get("x-amazon-apigateway-binary-media-types")
        if media_types:
            api["binaryMediaTypes"] = sorted({*api["binaryMediaTypes"], *media_types})
        responses = spec.get("x-amazon-apigateway-gateway-responses") or {}
        for kind, response in responses.items():
            gateway._put_gateway_response(api_id, kind, _gateway_response(response or {}))
        return api_id

    gateway._import_rest_api = import_rest_api


def _gateway_response(described: dict[str, Any]) -> dict[str, Any]:
    """The body's form of a gateway response as the API call's: parameters have no prefix there."""
    parameters = {
        name if name.startswith("gatewayresponse.") else f"gatewayresponse.{name}": value
        for name, value in (described.get("responseParameters") or {}).items()
    }
    status = described.get("statusCode")
    return {
        "responseParameters": parameters,
        "responseTemplates": described.get("responseTemplates") or {},
        **({"statusCode": str(status)} if status is not None else {}),
    }
