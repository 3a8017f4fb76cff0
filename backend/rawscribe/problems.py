"""Validation problems in words that quote no values."""

from collections.abc import Iterable, Mapping
from typing import Any

_PARTS = 8


def describe_problems(problems: Iterable[Mapping[str, Any]]) -> str:
    """``where: what`` for each of pydantic's problems; the offending values are left out."""
    return "; ".join(f"{_place(p['loc'])}: {p['msg']}" for p in problems)


def _place(location: tuple[int | str, ...]) -> str:
    # Deeply nested data has locations of hundreds of parts.
    cut = ("…",) if len(location) > _PARTS else ()
    return ".".join(map(str, location[:_PARTS] + cut))
