"""All of MiniStack's memory as one saved state, and back."""

from __future__ import annotations

import copy
import json
import logging
import sys
import time
from typing import Any

import lazy
from ministack import app as ministack_app
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
from ministack.services import lambda_svc

from state.codec import Decoder, Encoder
from state.store import Damaged, Manifest, Store

logger = logging.getLogger("state")

# Kept whole here: MiniStack keeps objects as separate files, written at other moments than
# the rest, so that after a kill buckets, objects and stacks told three different stories.
WHOLE_MODULE = "s3"


# Function code is kept like any other bytes; MiniStack's own files for it are not written.
lambda_svc._externalize_code_zip = lambda function, referenced: None
lambda_svc._prune_orphan_code_blobs = lambda referenced: None


class Unsaved(Exception):
    """Something could not be put into the state; the message says what."""


def _stores_of(module: Any) -> dict[str, Any]:
    scoped = (AccountScopedDict, AccountRegionScopedDict)
    return {name: value for name, value in vars(module).items() if isinstance(value, scoped)}


def _current(name: str, module: Any) -> Any:
    return _stores_of(module) if name == WHOLE_MODULE else module.get_state()


def _loaded_modules() -> dict[str, Any]:
    names = ministack_app._state_map.items()
    modules = {key: sys.modules.get(f"ministack.services.{name}") for key, name in names}
    return {key: module for key, module in modules.items() if lazy.is_loaded(module) and hasattr(module, "get_state")}


def _as_it_is(value: Any, memo: Any = None) -> Any:
    return value


def save(store: Store, previous: dict[str, list[str]]) -> Manifest:
    """Write the state as it is now. Meant for a forked child: it never yields to a request.

    A service that was not loaded in this run keeps what it had (`previous`).
    """
    # The child's memory is its own: the defensive copies that services make are wasted here.
    setattr(copy, "deepcopy", _as_it_is)  # noqa: B010 (an assignment that the type checker lets be)
    encoder = Encoder(store.put)
    services = dict(previous)
    for name, module in _loaded_modules().items():
        encoder.blobs.clear()
        try:
            encoded = encoder.encode(_current(name, module))
        except Exception as error:
            raise Unsaved(f"{name}: {error}") from error
        services[name] = [store.put(json.dumps(encoded).encode()), *sorted(encoder.blobs)]
    return store.commit(services)


def load(store: Store, manifest: Manifest) -> None:
    """Read a whole state first, and only then hand it to the services: all of it or nothing."""
    decoder = Decoder(store.get)
    states = {}
    for key, (content, *_) in manifest.services.items():
        try:
            states[key] = decoder.decode(json.loads(store.get(content)))
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"{manifest.path}: {key}: {error}") from None
    for key, state in states.items():
        module = ministack_app._get_module(ministack_app._state_map[key])
        if key == WHOLE_MODULE:
            for name, kept in state.items():
                getattr(module, name)._data.update(kept._data)
        else:
            module.load_persisted_state(state)


def describe(manifest: Manifest) -> str:
    """One line for a person: which saved state this is."""
    saved = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(manifest.saved_at))
    return f"state {manifest.number} of {saved}"
