"""Reading and changing the answers MiniStack's services give: (status, headers, body)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json

Answer = tuple[int, dict[str, Any], bytes]


def refuse(code: str, message: str, status: int = 400) -> Answer:
    """An error answer of a JSON service."""
    answer: Answer = error_response_json(code, message, status)
    return answer


def changed(answer: Answer, change: Callable[[dict[str, Any]], None]) -> Answer:
    """The same answer with its JSON body changed; errors pass untouched."""
    status, headers, body = answer
    if status >= 400 or not body:
        return answer
    content = json.loads(body)
    change(content)
    return status, headers, json.dumps(content).encode()
