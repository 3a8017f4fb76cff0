"""A REST API keeps its id when its body changes.

AWS ("AWS::ApiGateway::RestApi", CloudFormation template reference): `Body` is updated without
interruption; CloudFormation puts the new definition over the old one, the id (and so every
URL) stays, and stages go on serving their deployments.

MiniStack 1.5.33 makes a new API with a new id and deletes the old one.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners
from settings import Settings

# What the definition decides. All else (stages, deployments, tags) belongs to the API itself.
DEFINED = ("_resources", "_authorizers_v1", "_models", "_gateway_responses", "_request_validators")
OTHER = ("_stages_v1", "_deployments_v1", "_deployed_gateway_responses", "_documentation_parts")


def apply(settings: Settings) -> None:
    """Replace the update of an API whose body changed."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    unchanged_body = handlers["update"]

    def update(api_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str = "") -> Any:
        if new.get("Body") == old.get("Body") or api_id not in gateway._rest_apis:
            return unchanged_body(api_id, old, new, stack, logical_id)
        draft, _ = provisioners._apigw_rest_api_create(logical_id or api_id, new, stack)
        _take_over(api_id, draft)
        return api_id, provisioners._apigw_rest_api_attrs(api_id)

    handlers["update"] = update


def _take_over(api_id: str, draft: str) -> None:
    """Give an API the definition of a freshly imported one, and forget the latter."""
    for name in DEFINED:
        store = getattr(gateway, name)
        store[api_id] = store.pop(draft, {})
    for name in OTHER:
        getattr(gateway, name).pop(draft, None)
    api, current = gateway._rest_apis.pop(draft), gateway._rest_apis[api_id]
    api.update(id=api_id, createdDate=current["createdDate"])
    gateway._rest_apis[api_id] = api
    gateway._v1_tags[gateway._rest_api_arn(api_id)] = gateway._v1_tags.pop(gateway._rest_api_arn(draft), {})
