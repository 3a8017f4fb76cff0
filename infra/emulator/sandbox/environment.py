"""The environment variables of a function's process."""

from __future__ import annotations

import datetime
import importlib.util
import os
import sys
import uuid
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from settings import HOST

# What the Python runtimes of AWS bring along, boto3 and what it needs; nothing else of this
# interpreter's packages may be seen, or a forgotten requirement would go unnoticed.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3")
RUNTIME_MODULES = ("six",)


def runtime_folder(temp: Path) -> Path:
    """A folder through which functions see boto3 and nothing else of this environment."""
    folder = temp / "runtime"
    if not folder.exists():
        folder.mkdir(parents=True)
        for name in (*RUNTIME_PACKAGES, *RUNTIME_MODULES):
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.origin is not None:
                origin = Path(spec.origin)
                source = origin.parent if name in RUNTIME_PACKAGES else origin
                (folder / source.name).symlink_to(source)
    return folder


def function_environment(config: dict[str, Any], port: int, code: Path, scratch: Path) -> dict[str, str]:
    """What AWS hands a function, its own variables, and where the local AWS answers.

    Of the launcher's environment only PATH is passed on: the programs of this machine lie there.
    """
    account, region = lambda_runtime._account_region_from_function_config(config)
    own = config.get("Environment", {}).get("Variables", {})
    reserved = _reserved(config, account, region, code)
    return {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        lambda_runtime.HOST_PREFIX_ENV: "true",
        **{name: str(value) for name, value in own.items()},
        **reserved,
        "PATH": os.environ.get("PATH", os.defpath),
        # AWS sets neither; without them a function would find this user's ~/.aws and fill the
        # machine's /tmp.
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
    }


def _reserved(config: dict[str, Any], account: str, region: str, code: Path) -> dict[str, str]:
    """The variables of "Defined runtime environment variables" in the Lambda Developer Guide."""
    name, version = config.get("FunctionName", ""), config.get("Version") or "$LATEST"
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y/%m/%d")
    credentials = lambda_runtime.execution_credentials(config)
    return {
        **{key: value for key, value in credentials.items() if value},
        "_HANDLER": config.get("Handler", ""),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', '')}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{day}/[{version}]{uuid.uuid4().hex}",
        "LAMBDA_TASK_ROOT": str(code),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        # How MiniStack's worker script learns these two.
        "_LAMBDA_TIMEOUT": str(config.get("Timeout", 3)),
        "_LAMBDA_FUNCTION_ARN": config.get("FunctionArn", ""),
    }


def python_path(layers: list[Path], runtime: Path) -> list[str]:
    """Where modules are looked for: in the layers, the last one first, and then in what the runtime brings.

    The worker puts the function's own folder before all of it.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = [place for layer in reversed(layers)
             for place in (layer / "python" / "lib" / version / "site-packages", layer / "python")]
    return [str(place) for place in [*filter(Path.is_dir, found), runtime]]


def node_path(layers: list[Path]) -> str:
    """NODE_PATH for the layers, the last one first."""
    return os.pathsep.join(str(layer / "nodejs" / "node_modules") for layer in reversed(layers))
