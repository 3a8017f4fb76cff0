"""Each fix is needed: without it, its contract tests fail. Runs with --prove only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from local_aws import LocalAws

HERE = Path(__file__).parent
FIXES = sorted(set(re.findall(r'mark\.fix\("([a-z-]+)"\)', "".join(p.read_text() for p in HERE.glob("test_*.py")))))


@pytest.mark.local
@pytest.mark.slow
@pytest.mark.parametrize("fix", FIXES)
def test_without_the_fix_its_tests_fail(fix: str) -> None:
    # Policies are enforced by MiniStack itself, when it is asked to: without that, nobody is denied.
    left_out = () if fix == "auth" else ("--without", fix)
    with LocalAws(*left_out) as local:
        command = [sys.executable, "-m", "pytest", "-q", str(HERE),
                   "--only-fix", fix, "--endpoint", local.endpoint]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "CLOUD": "local"})
    summary = ran.stdout.strip().splitlines()[-1]
    assert "failed" in summary, f"{fix}: {summary}"
    assert "passed" not in summary, f"{fix}: {summary}"
