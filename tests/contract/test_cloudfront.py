"""A distribution with a page in S3 and an API, as a browser meets it."""

from __future__ import annotations

from typing import Any

import pytest
from cloud import Cloud
from rest_apis import body, proxy, template
from stacks import Stacks, empty_bucket

ANY = "x-amazon-apigateway-any-method"
SINGLE_PAGE = """
function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('.') < 0) { request.uri = '/index.html'; }
  return request;
}
"""
UNCACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
DOMAIN = {"Fn::Sub": "${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}"}


def behaviour(origin: str, **more: Any) -> dict[str, Any]:
    return {"TargetOriginId": origin, "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": UNCACHED, **more}


def site() -> dict[str, Any]:
    """The project's shape: page by default, /api/* and /health to the API."""
    made = template(body({"/health": {"get": proxy()}, "/api/{proxy+}": {ANY: proxy()}}))
    to_api = {"AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
              "OriginRequestPolicyId": ALL_BUT_HOST}
    page = behaviour("page", FunctionAssociations=[
        {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Fallback", "FunctionARN"]}}])
    origins = [
        {"Id": "page", "DomainName": DOMAIN, "OriginAccessControlId": {"Ref": "Access"},
         "S3OriginConfig": {}},  # with access control nothing need stand in it
        {"Id": "api", "DomainName": {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"},
         "OriginPath": "/live", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}]
    config = {"Enabled": True, "DefaultRootObject": "index.html", "Origins": origins, "DefaultCacheBehavior": page,
              "CacheBehaviors": [behaviour("api", PathPattern=path, **to_api) for path in ("/api/*", "/health")]}
    allowed = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
               "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}
    made["Resources"] |= {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {
            "Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}},
        "Access": {"Type": "AWS::CloudFront::OriginAccessControl", "Properties": {"OriginAccessControlConfig": {
            "Name": {"Ref": "AWS::StackName"}, "OriginAccessControlOriginType": "s3", "SigningBehavior": "always",
            "SigningProtocol": "sigv4"}}},
        "Fallback": {"Type": "AWS::CloudFront::Function", "Properties": {
            "Name": {"Ref": "AWS::StackName"}, "AutoPublish": True, "FunctionCode": SINGLE_PAGE,
            "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"}}},
        "Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
    }
    made["Outputs"] |= {"Domain": {"Value": {"Fn::GetAtt": ["Site", "DomainName"]}},
                        "Bucket": {"Value": {"Ref": "Bucket"}}}
    return made


@pytest.mark.fix("cloudfront-door")
def test_page_and_api_stand_behind_one_name(cloud: Cloud, stacks: Stacks) -> None:
    outputs = stacks.outputs(stacks.create(site()))
    cloud.client("s3").put_object(Bucket=outputs["Bucket"], Key="index.html", Body=b"<p>page", ContentType="text/html")
    for path in ("/", "/some/deep/link"):
        answer = cloud.visit(outputs["Domain"], path)
        assert (answer.status, answer.body) == (200, "<p>page"), path
    for path, resource in (("/health", "/health"), ("/api/v1/x?a=b%20c", "/api/{proxy+}")):
        answer = cloud.visit(outputs["Domain"], path)
        assert (answer.status, answer.json["resource"]) == (200, resource)
    assert cloud.visit(outputs["Domain"], "/api/x", "POST", b"{}").json["method"] == "POST"
    assert cloud.visit(outputs["Domain"], "/missing.js").status in (403, 404)
    empty_bucket(cloud, outputs["Bucket"])
