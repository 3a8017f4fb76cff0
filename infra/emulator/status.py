"""What the local AWS says of itself, so that a caller can tell ours from a stranger's."""

from __future__ import annotations

import os
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import cloudformation
from settings import ACCOUNT, LAUNCHER_VERSION, PINNED_MINISTACK, Settings
from state.checkpoint import Checkpoints

STATUS_PATH = "/_rawscribe/status"


@dataclass
class Status:
    """One running local AWS."""

    settings: Settings
    checkpoints: Checkpoints
    fixes: list[str]
    notices: list[str]
    instance: str = field(default_factory=lambda: uuid.uuid4().hex)
    started_at: float = field(default_factory=time.time)

    def report(self) -> dict[str, Any]:
        """The body of GET /_rawscribe/status. Times are seconds since 1970, paths absolute."""
        names = sorted(stack["StackName"] for _, stack in cloudformation._stacks.all_items()
                       if stack["StackStatus"] != "DELETE_COMPLETE")
        return {
            "service": "rawscribe-local-aws",
            "instance": self.instance,
            "launcher": LAUNCHER_VERSION,
            "ministack": PINNED_MINISTACK,
            "python": ".".join(map(str, sys.version_info[:3])),
            "pid": os.getpid(),
            "port": self.settings.port,
            "dir": str(self.settings.folder),
            "account": ACCOUNT,
            "auth": self.settings.auth,
            "startedAt": self.started_at,
            "fixes": self.fixes,
            "without": sorted(self.settings.without),
            "stacks": len(names),
            "stackNames": names,
            "functionProcesses": sum(len(pool) for pool in lambda_runtime._workers.values()),
            "state": {"saved": self.checkpoints.saved, "pending": self.checkpoints.pending,
                      "problem": self.checkpoints.problem},
            "notices": self.notices,
        }
