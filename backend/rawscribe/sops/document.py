"""Reading one SOP file."""

import json
from typing import Any

MAX_SOP_BYTES = 1024 * 1024
_MAX_DEPTH = 100


class MalformedSopError(Exception):
    """The file is no SOP; the message says where and why."""


def parse_sop(text: bytes, file: str) -> dict[str, Any]:
    """The document as JSON-ready values. It is an object with a ``title``, or a ``name``.

    Raises MalformedSopError, with line and column for a syntax error.
    """
    if len(text) > MAX_SOP_BYTES:
        raise MalformedSopError(f"{file}: larger than {MAX_SOP_BYTES} bytes")
    try:
        parsed = _load_json(text) if file.lower().endswith(".json") else _load_yaml(text)
        # One round trip turns dates into text and finds what JSON cannot say (NaN, odd keys).
        document = json.loads(json.dumps(parsed, default=str, allow_nan=False))
    except MalformedSopError as error:
        raise MalformedSopError(f"{file}: {error}") from None
    except UnicodeDecodeError:
        raise MalformedSopError(f"{file}: not UTF-8 text") from None
    except (RecursionError, TypeError, ValueError) as error:
        raise MalformedSopError(f"{file}: {error}") from None
    if not isinstance(document, dict):
        raise MalformedSopError(f"{file}: line 1, column 1: an object is expected")
    if not title_of(document):
        raise MalformedSopError(f"{file}: a title (text) is missing")
    return document


def title_of(document: dict[str, Any]) -> str | None:
    """The title, or the name, of a SOP."""
    title = document.get("title") or document.get("name")
    return title if isinstance(title, str) else None


def _load_json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedSopError(_at(error.lineno, error.colno, error.msg)) from None


def _load_yaml(text: bytes) -> Any:
    # Imported late: most cold starts never read a SOP.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _verify_plain(yaml.parse(text, loader))
        return yaml.load(text, loader)  # noqa: S506 - both are safe loaders
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MalformedSopError(_at(line, column, error.problem or "not YAML")) from None
    except yaml.YAMLError as error:
        raise MalformedSopError(f"not YAML ({type(error).__name__})") from None


def _verify_plain(events: Any) -> None:
    # A few lines of nested aliases unfold to gigabytes, deep nesting to a stack overflow.
    import yaml

    depth = 0
    for event in events:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            raise MalformedSopError(_at(line, column, "aliases (*name) are not supported"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise MalformedSopError(_at(line, column, "nested too deeply"))


def _at(line: int, column: int, problem: str) -> str:
    return f"line {line}, column {column}: {problem}"
