"""What is changed in MiniStack while it runs, one module per departure from AWS.

Each module has a docstring with the behaviour that AWS documents and an `apply(settings)`.
They patch private names of the pinned version: the launcher refuses any other.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from settings import FIXES, Settings

_listeners: list[Callable[[], None]] = []
_patient_listeners: list[Callable[[], None]] = []


def apply_all(settings: Settings) -> list[str]:
    """Apply every fix that is not left out. Returns their names."""
    wanted = [name for name in FIXES if name not in settings.without]
    for name in wanted:
        importlib.import_module(f"fixes.{name.replace('-', '_')}").apply(settings)
    return wanted


def on_change(listener: Callable[[], None], patient_listener: Callable[[], None]) -> None:
    """Have functions called when something changes outside a request."""
    _listeners.append(listener)
    _patient_listeners.append(patient_listener)


def changed() -> None:
    """Tell that something changed outside a request (a stack went on, a function settled)."""
    for listener in _listeners:
        listener()


def changed_a_little() -> None:
    """Tell that something changed that may be saved later (log lines, metrics)."""
    for listener in _patient_listeners:
        listener()
