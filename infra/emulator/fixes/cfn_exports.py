"""An export has one owner, and ends with it.

AWS ("Export your stack output values", CloudFormation User Guide): export names are unique within
an account and region; a stack that claims another one's fails; an export in use cannot be
changed or removed by an update; one that the stack no longer declares is gone.

MiniStack 1.5.33 lets a second stack overwrite an export and keeps dropped ones for ever.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks
from settings import Settings


class ExportTaken(ValueError):
    """Another stack has an export of that name, or one that is used would change."""


def apply(settings: Settings) -> None:
    """Look at the exports when a stack's outputs are known."""
    original = stacks._resolve_stack_outputs

    def resolve(*arguments: Any) -> Any:
        outputs, exports = original(*arguments)
        stack_id = arguments[6]
        for name, export in exports.items():
            owner = cloudformation._exports.get(name)
            if owner and owner["StackId"] != stack_id:
                raise ExportTaken(f"Export with name {name} is already exported by stack "
                                  f"{_name(owner['StackId'])}. Rename the export and try again.")
            if owner and owner["Value"] != export["Value"]:
                _refuse_if_used(name, stack_id, "update")
        for name in [name for name, export in cloudformation._exports.items() if export["StackId"] == stack_id]:
            if name not in exports:
                _refuse_if_used(name, stack_id, "delete")
                cloudformation._exports.pop(name, None)
        return outputs, exports

    stacks._resolve_stack_outputs = resolve


def _name(stack_id: str) -> str:
    return stack_id.split("/")[1]


def _refuse_if_used(export: str, owner_id: str, action: str) -> None:
    for name, stack in cloudformation._stacks.items():
        ended = stack["StackStatus"] == "DELETE_COMPLETE"
        if not ended and stack["StackId"] != owner_id and export in handlers._imported_export_names(stack, name):
            raise ExportTaken(f"Cannot {action} export {export} as it is in use by {name}")
