"""Services that are read only when something asks for them.

MiniStack's CloudFormation imports every service it can provision, which is most of the time a
start takes. These are large and not what a serverless app is made of; they work like the others,
a moment later.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType

PACKAGE = "ministack.services."
LATER = frozenset({
    "alb", "appconfig", "appsync", "appsync_events", "athena", "autoscaling", "backup", "batch", "bedrock",
    "bedrock_agent", "bedrock_agentcore", "bedrock_runtime", "codebuild", "documentdb", "ec2", "ecs", "efs",
    "eks", "elasticache", "emr", "firehose", "glue", "location", "mq", "msk", "mwaa", "opensearch", "pipes",
    "rds", "route53", "s3tables", "ses", "ses_v2", "transfer", "waf", "waf_v1",
})


class LaterFinder:
    """Finds the services of LATER, with a loader that runs them when they are first used."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, made lazy; None for all others."""
        if not name.startswith(PACKAGE) or name.removeprefix(PACKAGE) not in LATER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def install() -> None:
    """From now on, import these services lazily."""
    sys.meta_path.insert(0, LaterFinder)


def is_loaded(module: ModuleType | None) -> bool:
    """Whether a module has run; asking one that has not for anything would run it."""
    return type(module) is ModuleType
