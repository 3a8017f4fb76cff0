"""Each fix is needed: with it its contract tests pass, without it every one of them fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_aws import LocalAws
from settings import FIXES

HERE = Path(__file__).parent
# Policies are enforced by MiniStack itself, when it is asked to: without that, nobody is denied.
AUTH = "auth"
# What a fix needs beside the plain local AWS, with and without it.
FLAGS = {"iam-transport": ("--auth",), "iam-keys": ("--auth",)}
pytestmark = pytest.mark.local


def results(fix: str, local: LocalAws, without: str = "") -> str:
    """The last line of a run of a fix's tests against a local AWS."""
    command = [sys.executable, "-m", "pytest", "-q", "--prove", str(HERE), "--deselect", f"{HERE.name}/test_proofs.py",
               "--only-fix", fix, "--endpoint", local.endpoint]
    environment = {**os.environ, "CLOUD": "local", "CONTRACT_WITHOUT": without}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment, check=False)
    return ran.stdout.strip().splitlines()[-1]


def test_every_fix_has_a_test() -> None:
    marked = set(re.findall(r'mark\.fix\("([a-z0-9-]+)"\)', "".join(p.read_text() for p in HERE.glob("test_*.py"))))
    assert marked == {*FIXES, AUTH}


@pytest.fixture(scope="module")
def complete() -> Iterator[LocalAws]:
    """A local AWS with all fixes."""
    with LocalAws() as local:
        yield local


@pytest.fixture(scope="module")
def enforcing() -> Iterator[LocalAws]:
    """A local AWS with all fixes that enforces policies."""
    with LocalAws("--auth") as local:
        yield local


@pytest.mark.slow
@pytest.mark.parametrize("fix", FIXES)
def test_without_the_fix_its_tests_fail(fix: str, complete: LocalAws, enforcing: LocalAws) -> None:
    flags = FLAGS.get(fix, ())
    control = results(fix, enforcing if flags else complete)
    assert "passed" in control, f"{fix}, control: {control}"
    assert "failed" not in control, f"{fix}, control: {control}"
    with LocalAws(*flags, "--without", fix) as local:
        summary = results(fix, local, fix)
    assert "failed" in summary, f"{fix}: {summary}"
    assert "passed" not in summary, f"{fix}: {summary}"


@pytest.mark.slow
def test_without_enforcement_its_tests_fail(complete: LocalAws, enforcing: LocalAws) -> None:
    control, summary = results(AUTH, enforcing), results(AUTH, complete)
    assert "passed" in control, control
    assert "failed" not in control, control
    assert "failed" in summary, summary
    assert "passed" not in summary, summary
