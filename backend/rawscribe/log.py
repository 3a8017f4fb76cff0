"""Log lines: one JSON object each, on stdout, where Lambda collects them."""

import json


def log_line(level: str, event: str, **fields: object) -> None:
    """Write one line; callers pass no bodies, no tokens and no values that a user sent."""
    print(json.dumps({"level": level, "event": event, **fields}, default=str), flush=True)
