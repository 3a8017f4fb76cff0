"""Where config objects come from: the package and S3."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rawscribe.config.merge import Json, merge
from rawscribe.storage.bucket import Bucket

BUNDLED_PATH = Path(__file__).parent.parent / ".config" / "config.json"


class MalformedConfigError(Exception):
    """The text is not a JSON object; the message gives line and column, never content."""


@dataclass(frozen=True)
class ConfigObject:
    """The organization's config.json in S3."""

    bucket: Bucket
    key: str


def parse_config(text: bytes, name: str = "config.json") -> Json:
    """The object in the text; the part under ``lambda`` wins, as the deployment tool nests it."""
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedConfigError(f"{name}: {where}: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise MalformedConfigError(f"{name}: {type(error).__name__}") from None
    if not isinstance(parsed, dict):
        raise MalformedConfigError(f"{name}: an object is expected")
    nested = parsed.pop("lambda", None)
    return merge(parsed, nested) if isinstance(nested, dict) else parsed


def read_local(environ: Mapping[str, str]) -> Json:
    """The file that LOCAL_CONFIG_FILE names: an organization's config where no bucket has one."""
    file = environ.get("LOCAL_CONFIG_FILE")
    return parse_config(Path(file).read_bytes(), file) if file else {}


def read_bundled() -> Json:
    """The org-neutral config of the package; empty when a code-only package has none."""
    try:
        return parse_config(BUNDLED_PATH.read_bytes(), "bundled config.json")
    except FileNotFoundError:
        return {}
