"""What the command line says, and the environment MiniStack is given for it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

PINNED_MINISTACK = "1.5.33"
LAUNCHER_VERSION = "1"
HOST = "127.0.0.1"
ACCOUNT = "000000000000"
LAST_PORT = 65535
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SAVE_SECONDS = 30  # a process that saves the state and takes longer is ended and begins again

# All that survives of the caller's environment. Everything else (credentials, an
# AWS_ENDPOINT_URL, make's variables) would be handed on to functions or change MiniStack.
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")

# The fixes of fixes/, in the order they are applied: a later one may wrap what an earlier one put in place.
FIXES = (
    "api-import",
    "api-identity",
    "api-snapshot",
    "api-authorizer",
    "api-errors",
    "http-api-import",
    "lambda-sandbox",
    "lambda-errors",
    "lambda-workers",
    "lambda-alias",
    "lambda-versions",
    "lambda-updates",
    "lambda-early-start",
    "lambda-telemetry",
    "cfn-conditions",
    "cfn-buckets",
    "cfn-names",
    "cfn-rollback",
    "cfn-checks",
    "cfn-outputs",
    "cfn-replacement",
    "cfn-nested-sam",
    "cfn-exports",
    "cfn-descriptions",
    "cfn-secrets",
    "cfn-events",
    "cfn-delays",
    "cfn-status",
    "cfn-tokens",
    "cognito-pools",
    "s3-versions",
    "iam-transport",
    "iam-keys",
    "cloudfront-door",
    "alarms",
)


@dataclass(frozen=True)
class Settings:
    """One run of the local AWS. Delays are milliseconds, by resource type; "*" is any type."""

    port: int
    folder: Path
    without: frozenset[str] = frozenset()
    delays_ms: dict[str, int] = field(default_factory=dict)
    auth: bool = False
    workers: int = 8
    log_level: str = "WARNING"

    @property
    def temp(self) -> Path:
        """Emptied at every start: unpacked functions and MiniStack's own temporary files."""
        return self.folder / "tmp"

    @property
    def state(self) -> Path:
        """The saved state, see state/store.py."""
        return self.folder / "state"


def parse_delay(text: str) -> tuple[str, int]:
    """`AWS::S3::Bucket=300` or `300`: a resource type (or "*") and milliseconds."""
    kind, _, amount = text.rpartition("=")
    if not amount.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is neither MS nor TYPE=MS")
    return kind or "*", int(amount)


def parse_port(text: str) -> int:
    """A port that can be named: 0 would be any."""
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"'{text}' is no port from 1 to {LAST_PORT}")
    return int(text)


def parse_arguments(argv: list[str] | None = None) -> Settings:
    """Read the command line; argparse ends the process with 2 on a mistake."""
    parser = argparse.ArgumentParser(
        prog="launch.py", description=f"The local AWS: MiniStack {PINNED_MINISTACK} with fixes."
    )
    parser.add_argument("--port", type=parse_port, required=True, help="port on 127.0.0.1")
    parser.add_argument("--dir", type=Path, required=True, help="folder for state and temporary files")
    parser.add_argument("--without", action="append", default=[], choices=FIXES, metavar="FIX",
                        help=f"leave this fix out: {', '.join(FIXES)}")
    parser.add_argument("--delay", action="append", default=[], type=parse_delay, metavar="[TYPE=]MS",
                        help="how long CloudFormation takes for a resource")
    parser.add_argument("--auth", action="store_true", help="enforce signatures and IAM policies")
    parser.add_argument("--workers", type=int, default=8, help="function processes alive at a time")
    parser.add_argument("--log-level", default="WARNING", type=str.upper, choices=LOG_LEVELS, help="what is told")
    given = parser.parse_args(argv)
    return Settings(
        port=given.port,
        folder=given.dir.resolve(),
        without=frozenset(given.without),
        delays_ms=dict(given.delay),
        auth=given.auth,
        workers=max(1, given.workers),
        log_level=given.log_level,
    )


def ministack_environment(settings: Settings, inherited: dict[str, str]) -> dict[str, str]:
    """The whole environment of this process, read by MiniStack when it is imported.

    AWS_ENDPOINT_URL is left out on purpose: functions would inherit it in place of their own.
    """
    kept = {name: inherited[name] for name in KEPT_VARIABLES if name in inherited}
    return kept | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": "us-east-1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(settings.temp),
        "STATE_DIR": str(settings.folder / "ministack"),
        "S3_DATA_DIR": str(settings.folder / "ministack" / "s3"),
        "PERSIST_STATE": "1",
        "LOG_LEVEL": settings.log_level,
        "AUTH": "true" if settings.auth else "false",
        # Containers are not part of the local AWS: never look for a Docker daemon.
        "DOCKER_HOST": f"unix://{settings.folder}/no-docker.sock",
        "LAMBDA_EXECUTOR": "local",
    }
