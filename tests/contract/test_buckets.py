"""Buckets: every object stands once in a listing, however many pages it has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cloud import Cloud, unique
from stacks import empty_bucket


@pytest.fixture
def bucket(cloud: Cloud) -> Iterator[str]:
    """An unversioned bucket, emptied and removed after the test."""
    name = unique("bucket")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=name)
    yield name
    empty_bucket(cloud, name)
    s3.delete_bucket(Bucket=name)


@pytest.mark.fix("s3-versions")
@pytest.mark.parametrize("then_versioned", [False, True])
def test_a_listing_of_versions_names_each_once(cloud: Cloud, bucket: str, then_versioned: bool) -> None:
    s3 = cloud.client("s3")
    for key in "abcde":
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    if then_versioned:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=bucket, Key="c", Body=b"y")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
    seen = [version["Key"] for page in pages for version in page["Versions"]]
    assert seen == (list("abccde") if then_versioned else list("abcde"))
