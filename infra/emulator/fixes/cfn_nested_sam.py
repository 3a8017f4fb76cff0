"""A nested stack's template is transformed as its parent's is.

AWS (CloudFormation User Guide, "Transform reference"; CAPABILITY_AUTO_EXPAND: "templates that
reference one or more macros, including nested stacks with macros"): each template of a nest
declares its own transforms, AWS::Serverless among them, and has them applied.

MiniStack 1.5.33 applies them to the root alone; a SAM resource in a nested stack is to it an
unsupported type.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.services.cloudformation import engine, provisioners
from settings import Settings

NESTED = "AWS::CloudFormation::Stack"


def apply(settings: Settings) -> None:
    """Have whatever is parsed while a nested stack is made or updated transformed."""
    nesting: ContextVar[bool] = ContextVar("nesting", default=False)
    parse = engine._parse_template
    handlers = provisioners._RESOURCE_HANDLERS[NESTED]

    def parse_template(body: str) -> Any:
        parsed = parse(body)
        if not nesting.get():
            return parsed
        done = engine._apply_transforms(parsed)
        if isinstance(done, engine._TransformFailed):
            raise ValueError(done.error)
        return done

    def transforming(handler: Any) -> Any:
        def handle(*given: Any) -> Any:
            token = nesting.set(True)
            try:
                return handler(*given)
            finally:
                nesting.reset(token)

        return handle

    engine._parse_template = parse_template
    handlers |= {name: transforming(handlers[name]) for name in ("create", "update")}
