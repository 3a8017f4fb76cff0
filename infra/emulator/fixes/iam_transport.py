"""Requests to the local AWS count as made over TLS.

AWS ("AWS global condition context keys", aws:SecureTransport, IAM User Guide): the key is true for a
request sent over TLS, as the SDKs send all of theirs; bucket policies deny what is not.

The local AWS speaks HTTP on 127.0.0.1 and stands for HTTPS. MiniStack 1.5.33 tells policies the
former: a bucket that asks for TLS denied everything to everyone, and so proved nothing.
"""

from __future__ import annotations

from ministack import app
from settings import Settings


def apply(settings: Settings) -> None:
    """Remember the caller's address, and that it came by TLS."""
    original = app.pin_request_origin

    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        original(source_ip, True)

    app.pin_request_origin = pin_request_origin
