"""A nested stack is transformed and updated as its parent is.

AWS (CloudFormation User Guide, "Transform reference"; CAPABILITY_AUTO_EXPAND: "templates that
reference one or more macros, including nested stacks with macros"): each template of a nest
declares its own transforms, AWS::Serverless among them, and has them applied. A resource that an
update leaves as it is keeps its attributes (Fn::GetAtt).

MiniStack 1.5.33 applies transforms to the root alone: a SAM resource in a nested stack is to it an
unsupported type. In the update of a nested stack it forgets the attributes of what did not change.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import engine, provisioners
from settings import Settings

NESTED = "AWS::CloudFormation::Stack"


def apply(settings: Settings) -> None:
    """Have what is parsed while a nested stack is made or updated transformed, and attributes kept."""
    nesting: ContextVar[bool] = ContextVar("nesting", default=False)
    parse, update = engine._parse_template, provisioners._update_resource
    handlers = provisioners._RESOURCE_HANDLERS[NESTED]

    def parse_template(body: str) -> Any:
        parsed = parse(body)
        if not nesting.get():
            return parsed
        done = engine._apply_transforms(parsed)
        if isinstance(done, engine._TransformFailed):
            raise ValueError(done.error)
        return done

    def update_resource(kind: str, physical_id: str, old: Any, new: Any, stack: str,
                        logical_id: str | None = None, attributes: Any = None) -> Any:
        if attributes is None:
            resources = (cloudformation._stacks.get(stack) or {}).get("_resources", {})
            attributes = resources.get(logical_id, {}).get("Attributes", {})
        same, fresh = update(kind, physical_id, old, new, stack, logical_id, attributes)
        return same, ({**attributes, **fresh} if same == physical_id else fresh)

    def transforming(handler: Any) -> Any:
        def handle(*given: Any) -> Any:
            token = nesting.set(True)
            try:
                return handler(*given)
            finally:
                nesting.reset(token)

        return handle

    engine._parse_template = parse_template
    provisioners._update_resource = update_resource
    handlers |= {name: transforming(handlers[name]) for name in ("create", "update")}
