"""MiniStack's stores as JSON and back, with the large byte strings kept outside.

JSON and not pickle: a state file is data, reading one must never run code.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

# The tag of everything JSON has no notation for; a dict that has this key itself is
# written as pairs, so that nothing stored can be mistaken for a tag.
TAG = "~"


class Encoder:
    """Turns values into what `json` takes. `put` stores bytes and returns their name."""

    def __init__(self, put: Callable[[bytes], str]) -> None:
        self._put = put
        # By identity: a hundred functions made from one upload share one bytes object. The
        # object is held, since another one could get its identity otherwise.
        self._names: dict[int, tuple[bytes, str]] = {}
        self.blobs: set[str] = set()

    def encode(self, value: Any) -> Any:
        """The JSON form of a value. Raises TypeError for what cannot be kept (a lock, a socket)."""
        if value is None or isinstance(value, (str, bool, int, float)):
            return value
        if isinstance(value, AccountRegionScopedDict):
            return self._tagged("by-region", self._pairs(value._data))
        if isinstance(value, AccountScopedDict):
            return self._tagged("by-account", self._pairs(value._data))
        if isinstance(value, dict):
            return self._encode_dict(value)
        if isinstance(value, list):
            return [self.encode(item) for item in value]
        if isinstance(value, tuple):
            return self._tagged("tuple", [self.encode(item) for item in value])
        return self._encode_other(value)

    def _encode_dict(self, value: dict[Any, Any]) -> Any:
        if TAG not in value and all(isinstance(key, str) for key in value):
            return {key: self.encode(item) for key, item in list(value.items())}
        return self._tagged("dict", self._pairs(value))

    def _encode_other(self, value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            return self._tagged("bytes", self._blob(bytes(value)))
        if isinstance(value, (set, frozenset)):
            return self._tagged("set", [self.encode(item) for item in value])
        if isinstance(value, datetime.datetime):
            return self._tagged("datetime", value.isoformat())
        raise TypeError(f"{type(value).__module__}.{type(value).__name__} cannot be kept")

    def _blob(self, data: bytes) -> str:
        if id(data) not in self._names:
            self._names[id(data)] = (data, self._put(data))
        name = self._names[id(data)][1]
        self.blobs.add(name)
        return name

    def _pairs(self, value: dict[Any, Any]) -> list[list[Any]]:
        return [[self.encode(key), self.encode(item)] for key, item in list(value.items())]

    @staticmethod
    def _tagged(kind: str, value: Any) -> dict[str, Any]:
        return {TAG: kind, "v": value}


class Decoder:
    """The way back. `get` returns the bytes of a name; each name is read once and shared."""

    def __init__(self, get: Callable[[str], bytes]) -> None:
        self._get = get
        self._bytes: dict[str, bytes] = {}

    def decode(self, value: Any) -> Any:
        """The value an encoder was given."""
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        if TAG not in value:
            return {key: self.decode(item) for key, item in value.items()}
        return self._decode_tagged(value[TAG], value["v"])

    def _decode_tagged(self, kind: str, value: Any) -> Any:
        if kind == "bytes":
            if value not in self._bytes:
                self._bytes[value] = self._get(value)
            return self._bytes[value]
        if kind == "datetime":
            return datetime.datetime.fromisoformat(value)
        items = self.decode(value)
        if kind == "tuple":
            return tuple(items)
        if kind == "set":
            return set(items)
        pairs = dict(items)
        if kind == "dict":
            return pairs
        store = AccountRegionScopedDict() if kind == "by-region" else AccountScopedDict()
        store._data = pairs
        return store
