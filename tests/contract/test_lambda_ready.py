"""A function that begins in a process that stood ready finds what it would find in a new one."""

from __future__ import annotations

import pytest
from functions import Functions
from local_aws import LocalAws, cloud_of
from test_lambda_sandbox import IMPORTS

pytestmark = pytest.mark.local
AROUND = """
import os, sys
loaded = sorted(sys.modules)
def handler(event, context):
    places = [place.replace(os.environ["TMPDIR"], "scratch") for place in sys.path]
    return {"ready": "botocore.session" in loaded, "variables": sorted(os.environ), "places": places[1:],
            "folder": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"], "home": os.environ["HOME"] == os.environ["TMPDIR"]}
"""


def test_a_process_that_stood_ready_is_like_a_new_one() -> None:
    with LocalAws() as local:
        functions = Functions(cloud_of(local))
        # With a module of its own in place of one that is loaded already a function gets a process of its own.
        new = functions.invoke(functions.create({"index.py": AROUND, "jmespath.py": ""}))
        assert new["ready"] is False
        ready = functions.cloud.wait(lambda: _of_ready_process(functions))
        assert ready == {**new, "ready": True}


def _of_ready_process(functions: Functions) -> dict[str, object] | None:
    seen: dict[str, object] = functions.invoke(functions.create(AROUND))
    return seen if seen["ready"] else None


def test_own_modules_come_before_those_that_a_ready_process_has_loaded() -> None:
    own = {"index.py": IMPORTS, "asyncio.py": "WHERE = 'own'", "jmespath/__init__.py": "WHERE = 'own'"}
    with LocalAws() as local:
        functions = Functions(cloud_of(local))

        def passed_over() -> bool:
            seen = functions.invoke(functions.create(own), event=["asyncio", "jmespath"])
            assert seen == {"asyncio": "own", "jmespath": "own"}
            return _of_ready_process(functions) is not None

        functions.cloud.wait(passed_over)
