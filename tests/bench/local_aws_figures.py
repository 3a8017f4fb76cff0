"""Measures the local AWS: start, one stack, many stacks, and the real backend under load.

    .rs/toolchain/backend-tests/bin/python tests/bench/local_aws_figures.py [--seconds 60]

Prints the machine's load and one line per figure with what it may be at most; exits 1 when one is
beyond. Needs the
toolchain of this checkout (`make test-unit` installs it); runs in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
TOOLCHAIN = PROJECT / ".rs" / "toolchain"
sys.path.insert(0, str(PROJECT / "tests" / "contract"))
os.environ.setdefault("EMULATOR_PYTHON", str(TOOLCHAIN / "emulator" / "bin" / "python"))

from cloud import Cloud, http, zipped  # noqa: E402 (they stand beside the contract tests)
from local_aws import LocalAws  # noqa: E402
from organizations import Organization  # noqa: E402
from stacks import Stacks, request  # noqa: E402

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
STACKS, AT_ONCE = 100, 16
PER_SECOND = 20
TEMPORARY_MB = 200
BACKEND, LAYER = PROJECT / "backend" / "rawscribe", PROJECT / "backend" / "layers" / "dependencies"


class Figures:
    """What was measured, shown as it comes."""

    def __init__(self) -> None:
        self.beyond = 0

    def tell(self, what: str, value: float, unit: str, most: float | None = None) -> None:
        """One figure, with the most it may be where there is such a bound."""
        self.beyond += most is not None and value > most
        bound = "" if most is None else f"(at most {most:g})"
        sys.stdout.write(f"{what:<46} {value:>8.2f} {unit:<3} {bound}\n")
        sys.stdout.flush()


def resident_mb(local: LocalAws) -> float:
    """Memory of the local AWS itself, without its function processes."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(local.status()["pid"])], capture_output=True, text=True,
                          check=True)
    return int(told.stdout) / 1024


def temporary_mb(local: LocalAws) -> float:
    """Size of what it has unpacked."""
    return sum(path.lstat().st_size for path in Path(local.folder, "tmp").rglob("*")) / 1e6


def cloud_of(local: LocalAws) -> Cloud:
    """The account of a local AWS."""
    return Cloud(local.endpoint, "us-east-1", "000000000000", KEYS)


def start(figures: Figures) -> None:
    """Start to ready, and memory then."""
    started = time.monotonic()
    with LocalAws() as local:
        figures.tell("start to ready", time.monotonic() - started, "s", 1)
        figures.tell("memory then", resident_mb(local), "MB", 120)


def one_stack(figures: Figures) -> None:
    """A stack of 25 resources."""
    kinds: dict[str, dict[str, Any]] = {
        "AWS::SQS::Queue": {}, "AWS::Logs::LogGroup": {}, "AWS::SNS::Topic": {}, "AWS::S3::Bucket": {},
        "AWS::SSM::Parameter": {"Type": "String", "Value": "x"}}
    resources = {f"R{number}{kind.split('::')[1]}": {"Type": kind, "Properties": properties}
                 for number in range(5) for kind, properties in kinds.items()}
    with LocalAws() as local:
        stacks = Stacks(cloud_of(local))
        name = stacks.name("many")
        stacks.api.list_stacks()
        started = time.monotonic()
        stacks.api.create_stack(StackName=name, **request({"Resources": resources}))
        if stacks.settled(name) != "CREATE_COMPLETE":
            raise SystemExit(f"the stack of 25 resources: {stacks.stack(name)}")
        figures.tell(f"a stack of {len(resources)} resources", time.monotonic() - started, "s", 1)


def upload(stacks: Stacks, code: bytes, layer: bytes) -> str:
    """Put packages where the product's template finds them. Returns the bucket."""
    s3 = stacks.cloud.client("s3")
    s3.create_bucket(Bucket="bench")
    for key, body in (("code.zip", code), ("layer.zip", layer)):
        s3.put_object(Bucket="bench", Key=key, Body=body)
    return "bench"


def many_stacks(figures: Figures) -> None:
    """The product's own stack, for many organizations at once."""
    with LocalAws() as local:
        stacks = Stacks(cloud_of(local))
        home = upload(stacks, zipped({"rawscribe/main.py": "def handler(event, context): pass"}), zipped({"x": ""}))
        stacks.cloud.client("cloudformation").list_stacks()
        started = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            made = list(pool.map(lambda _: Organization(stacks, home), range(STACKS)))
        figures.tell(f"{len(made)} stacks of the product, {AT_ONCE} at a time", time.monotonic() - started, "s", 15)
        figures.tell("memory then", resident_mb(local), "MB", 400)


def packaged(folder: Path) -> bytes:
    """A folder as a package."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(folder))
        file.seek(0)
        return file.read()


def real_packages() -> tuple[bytes, bytes]:
    """The backend and its layer, built for this machine by the project's own recipe."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        uv = next(path for path in (TOOLCHAIN / "uv").rglob("uv") if path.is_file())
        variables = {**os.environ, "ARTIFACTS_DIR": place, "RS_UV": str(uv), "RS_PLATFORM": "local",
                     "RS_PYTHON": os.environ["EMULATOR_PYTHON"]}
        subprocess.run(["sh", "-eu", "./install-layer.sh"], cwd=LAYER, env=variables, check=True)
        layer = packaged(Path(place))
    code = {f"rawscribe/{path.relative_to(BACKEND)}": path.read_text(encoding="utf-8")
            for path in sorted(BACKEND.rglob("*.py"))}
    return zipped(code), layer


def load(figures: Figures, seconds: int) -> None:
    """The real backend, asked through its API at a steady rate, whatever it answers."""
    with LocalAws() as local:
        stacks = Stacks(cloud_of(local))
        organization = Organization(stacks, upload(stacks, *real_packages()))
        detail = stacks.api.describe_stack_resource(StackName=organization.stack, LogicalResourceId="ApiGateway")
        url = stacks.cloud.api_url(detail["StackResourceDetail"]["PhysicalResourceId"], "dev", "/health")

        def ask(due: float) -> tuple[float, bool]:
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                answer = http(url)
                well = answer.status == 200 and "healthy" in answer.body
            except OSError:
                well = False
            return (time.monotonic() - due) * 1000, well

        begin = time.monotonic()
        with ThreadPoolExecutor(64) as pool:
            asked = [pool.submit(ask, begin + number / PER_SECOND) for number in range(seconds * PER_SECOND)]
            half = asked[len(asked) // 2].result() and temporary_mb(local)
            answers = [call.result() for call in asked]
        waited = sorted(milliseconds for milliseconds, _ in answers)
        what = f"{len(answers)} requests, {PER_SECOND}/s"
        figures.tell(f"{what}: failed", sum(not well for _, well in answers), "", 0)
        figures.tell(f"{what}: median", waited[len(waited) // 2], "ms")
        figures.tell(f"{what}: slowest", waited[-1], "ms")
        figures.tell("temporary files, half-way", float(half), "MB", TEMPORARY_MB)
        figures.tell("temporary files, at the end", temporary_mb(local), "MB", TEMPORARY_MB)
        figures.tell("function processes", local.status()["functionProcesses"], "", 8)
        figures.tell("memory then", resident_mb(local), "MB")


def main() -> int:
    """The process's exit code."""
    parser = argparse.ArgumentParser(description="Measures the local AWS.")
    parser.add_argument("--seconds", type=int, default=60, help="how long the backend is asked (60)")
    given = parser.parse_args()
    figures = Figures()
    sys.stdout.write(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}\n")
    for measure in (start, one_stack, many_stacks):
        measure(figures)
    load(figures, given.seconds)
    return 1 if figures.beyond else 0


if __name__ == "__main__":
    sys.exit(main())
