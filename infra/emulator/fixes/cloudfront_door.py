"""A distribution is a web site one can open: page, API and health check behind one name.

AWS ("How CloudFront processes requests", "Restrict access with origin access control",
CloudFront Developer Guide): the viewer asks the distribution's domain; the path pattern chooses
the behaviour, its function and its origin; an API Gateway origin is asked under its origin path.

Here a browser opens http://<label>.cloudfront.localhost:<port>/ for <label>.cloudfront.net; the
door stands for the viewer's HTTPS connection. MiniStack 1.5.33 answers /health itself, redirects
to HTTPS it does not have, refuses to speak to the API's origin, and takes a bucket for a web server
when its S3OriginConfig is written `{}`, as most templates with origin access control do.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote

from ministack import app as ministack_app
from ministack.services import cloudfront
from ministack.services.cloudformation import provisioners
from settings import Settings

API_DOMAIN = re.compile(r"^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$")


def apply(settings: Settings) -> None:
    """Open the door and connect it with the APIs here."""
    _wrap_shortcuts()
    _wrap_origins()
    _wrap_templates()


def _wrap_shortcuts() -> None:
    """What comes to a distribution is the distribution's, MiniStack's own paths included."""
    original = ministack_app._handle_pre_body_request

    async def handle_pre_body_request(
        method: str, path: str, headers: dict[str, str], query: dict[str, Any], request_id: str
    ) -> Any:
        if ministack_app._parse_cloudfront_dataplane_host(headers.get("host", "")) is None:
            return await original(method, path, headers, query, request_id)
        headers["x-forwarded-proto"] = "https"
        return None

    ministack_app._handle_pre_body_request = handle_pre_body_request


def _wrap_origins() -> None:
    original = cloudfront._fetch_from_origin

    async def fetch_from_origin(
        origin: dict[str, Any], method: str, uri: str, query: str, headers: dict[str, Any], body: bytes,
        viewer_is_https: bool, client_ip: str, viewer_xff: str, arn: str,
    ) -> Any:
        api = API_DOMAIN.match(origin["domain_name"].lower())
        if api is None:
            return await original(origin, method, uri, query, headers, body, viewer_is_https, client_ip,
                                  viewer_xff, arn)
        sent = cloudfront._origin_request_headers(origin, headers, client_ip, viewer_xff)
        return await _ask_api(api[1], (origin.get("origin_path") or "") + uri, method, query, sent, body)

    cloudfront._fetch_from_origin = fetch_from_origin


async def _ask_api(api_id: str, path: str, method: str, query: str, headers: dict[str, Any], body: bytes) -> Any:
    """Ask an API of this local AWS in place of the one in the cloud that its domain names."""
    host = f"{api_id}.execute-api.localhost"
    answer = await ministack_app._handle_execute_api_request(
        host, unquote(path), method, {name.lower(): value for name, value in headers.items()}, body,
        parse_qs(query, keep_blank_values=True), raw_path=path, raw_query_string=query)
    if answer is None:
        raise cloudfront.OriginUnreachable(f"no API {api_id} here")
    status, answered, content = answer
    return status, "", cloudfront._multidict_from_pairs(answered.items()), content


def _wrap_templates() -> None:
    original = provisioners._cf_distribution_config

    def distribution_config(properties: dict[str, Any], reference: str) -> Any:
        config = properties.get("DistributionConfig") or {}
        origins = [
            {**origin, "S3OriginConfig": {"OriginAccessIdentity": ""}} if origin.get("S3OriginConfig") == {} else origin
            for origin in config.get("Origins") or []
        ]
        told = {**config, "Origins": origins} if origins else config
        return original({**properties, "DistributionConfig": told}, reference)

    provisioners._cf_distribution_config = distribution_config
