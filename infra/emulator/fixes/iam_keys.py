"""Policies find what they ask about: the tags of pools and distributions, and the policy that is attached.

AWS ("AWS global condition context keys", aws:ResourceTag, IAM User Guide; "Actions, resources, and
condition keys" of Amazon Cognito user pools, Amazon CloudFront and IAM, Service Authorization
Reference): the tags of a user pool and of a distribution are keys of the requests about them;
iam:PolicyARN is a key of AttachRolePolicy and DetachRolePolicy.

MiniStack 1.5.33 knows the tags of nine services and neither of these, and has no iam:PolicyARN: what
is allowed by a tag was denied to everybody, and what is allowed for one policy was allowed for all.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions
from ministack.services import tagging
from settings import Settings

ATTACHING = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")


def apply(settings: Settings) -> None:
    """Add the keys."""
    tagging._RESOURCE_TAG_COLLECTORS.update(
        {"cognito-idp": tagging._collect_cognito, "cloudfront": tagging._collect_cloudfront})
    original = iam_actions.request_tag_context

    def request_context(service: str, action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        keys: dict[str, Any] = original(service, action, body, params)
        if action in ATTACHING:
            keys["iam:PolicyARN"] = iam_actions._query_param(params, "PolicyArn")
        return keys

    iam_actions.request_tag_context = request_context
