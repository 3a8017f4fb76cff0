"""Deep merge of config layers."""

from typing import Any

Json = dict[str, Any]


def merge(base: Json, over: Json) -> Json:
    """A new object: objects merge, anything else replaces, ``null`` removes the key."""
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            below = merged.get(key)
            merged[key] = merge(below if isinstance(below, dict) else {}, value)
        else:
            merged[key] = value
    return merged
