"""What SAM's makefile builds put into the artifacts, and what a cold start imports."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2] / "backend"
LAYER = BACKEND / "layers" / "dependencies"
LAMBDA_OPTIONS = ["--python-version", "3.13", "--python-platform", "x86_64-manylinux_2_28"]


def make(folder: Path, goal: str, artifacts: Path, **environ: str) -> None:
    command = ["make", "--makefile", str(folder / "Makefile"), goal]
    path = environ.pop("PATH", os.environ["PATH"])
    environment = {"PATH": path, "ARTIFACTS_DIR": str(artifacts), **environ}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


def fake_uv(folder: Path) -> Path:
    """A program in uv's place: notes its arguments and installs two files."""
    program = folder / "uv"
    program.write_text(
        "#!/bin/sh\n"
        'printf "%s\\n" "$@" >> "$0.log"\n'
        '[ "$1" = pip ] || exit 1\n'
        'while [ "$1" != --target ]; do shift; done\n'
        'mkdir -p "$2/bin" "$2/a/tests" "$2/a-1.dist-info"\n'
        'touch "$2/bin/tool" "$2/a/__init__.py" "$2/a/tests/t.py"\n'
        'touch "$2/a-1.dist-info/RECORD" "$2/a-1.dist-info/METADATA"\n'
    )
    program.chmod(0o755)
    return program


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_function_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "a source"
    shutil.copytree(BACKEND / "rawscribe", source)
    for rubbish in ("__pycache__/x.pyc", ".env", "notes.txt", "config/.x.py.swp", "old.zip"):
        (source / rubbish).parent.mkdir(exist_ok=True)
        (source / rubbish).write_text("x")
    artifacts = tmp_path / "it's $HOME `x`"
    make(source, "build-RawscribeLambda", artifacts)
    packaged = files(artifacts)
    own = {f"rawscribe/{p.relative_to(BACKEND / 'rawscribe')}" for p in BACKEND.rglob("*.py")}
    assert packaged == own | {"rawscribe/.config/config.json", "rawscribe/py.typed"}


@pytest.mark.parametrize(
    ("environ", "options"),
    [
        ({}, LAMBDA_OPTIONS),
        ({"RS_PYTHON": "3.13", "RS_PLATFORM": "x86_64-manylinux_2_28"}, LAMBDA_OPTIONS),
        ({"RS_PYTHON": "/a b/$(x)", "RS_PLATFORM": "local"}, ["--python", "/a b/$(x)"]),
        ({"RS_PYTHON": "3'; touch x"}, ["--python-version", "3'; touch x", *LAMBDA_OPTIONS[2:]]),
    ],
)
def test_the_layer_is_installed_for_the_platform_that_was_asked_for(
    tmp_path: Path, environ: dict[str, str], options: list[str]
) -> None:
    uv = fake_uv(tmp_path)
    artifacts = tmp_path / "it's $HOME `x`"
    make(LAYER, "build-DependencyLayer", artifacts, RS_UV=str(uv), **environ)
    arguments = (tmp_path / "uv.log").read_text().split("-r\nrequirements.txt\n")[0].splitlines()
    assert arguments == [
        *["pip", "install", "--quiet", "--target", str(artifacts / "python"), *options],
        *["--only-binary", ":all:", "--require-hashes", "--link-mode", "copy"],
    ]
    assert files(artifacts) == {"python/a/__init__.py", "python/a-1.dist-info/METADATA"}


def test_uv_on_the_path_serves_a_plain_sam_build(tmp_path: Path) -> None:
    fake_uv(tmp_path)
    path = f"{tmp_path}:{os.environ['PATH']}"
    make(LAYER, "build-DependencyLayer", tmp_path / "out", PATH=path)
    assert (tmp_path / "out" / "python" / "a" / "__init__.py").is_file()


def test_every_requirement_is_pinned_with_hashes_and_names_no_host() -> None:
    text = (LAYER / "requirements.txt").read_text()
    requirements = [line for line in text.splitlines() if line[:1].isalpha()]
    assert all("==" in line and line.endswith("\\") for line in requirements)
    assert "://" not in text
    assert "boto" not in text


@pytest.mark.parametrize(
    ("variables", "imported"), [({}, ""), ({"CONFIG_S3_BUCKET": "config"}, "botocore")]
)
def test_a_cold_start_imports_the_sdk_only_for_a_config(
    variables: dict[str, str], imported: str
) -> None:
    program = "import sys, rawscribe.main; print(*{'botocore', 'boto3', 'yaml'} & set(sys.modules))"
    command = [sys.executable, "-B", "-c", program]
    plain = {name: value for name, value in os.environ.items() if name != "CONFIG_S3_BUCKET"}
    environment = {**plain, **variables, "PYTHONPATH": str(BACKEND), "AWS_DEFAULT_REGION": "x"}
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == imported
