"""A stage serves its deployment, not what the API looks like now.

AWS ("Deploy REST APIs in API Gateway", Developer Guide): a deployment is a point-in-time
snapshot of the API's resources, methods, integrations and authorizers; every change needs a
new deployment before a stage shows it.

MiniStack 1.5.33 serves the API as it is, so a change that nobody deployed looks deployed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import apigateway_v1 as gateway
from settings import Settings

# The stores whose content a deployment freezes, and of the API itself these fields.
FROZEN = ("_resources", "_authorizers_v1", "_models", "_request_validators")
FROZEN_FIELDS = ("binaryMediaTypes", "minimumCompressionSize", "policy")

Snapshot = dict[str, Any]
_served: ContextVar[tuple[str, Snapshot] | None] = ContextVar("served", default=None)
_snapshots = AccountRegionScopedDict()  # api id -> deployment id -> snapshot


class Frozen(AccountRegionScopedDict):  # type: ignore[misc]
    """A store that shows the frozen content of an API while its stage is served."""

    def __init__(self, name: str, live: AccountRegionScopedDict) -> None:
        self._name = name
        self._data = live._data

    def get(self, key: str, default: Any = None) -> Any:
        """The content under a key: frozen for the API being served, else live."""
        served = _served.get()
        if served is not None and served[0] == key:
            return served[1][self._name]
        return super().get(key, default)


def apply(settings: Settings) -> None:
    """Freeze at CreateDeployment, serve what was frozen, keep it with the state."""
    for name in (*FROZEN, "_rest_apis"):
        setattr(gateway, name, Frozen(name, getattr(gateway, name)))
    _wrap_create()
    _wrap_serving()
    _wrap_removal()
    _wrap_state()


def _freeze(api_id: str) -> Snapshot:
    frozen = {name: copy.deepcopy(getattr(gateway, name).get(api_id, {})) for name in FROZEN}
    api = gateway._rest_apis[api_id]
    return frozen | {"fields": {name: copy.deepcopy(api.get(name)) for name in FROZEN_FIELDS}}


def _wrap_create() -> None:
    original = gateway._create_deployment

    def create_deployment(api_id: str, data: dict[str, Any]) -> Any:
        before = set(gateway._deployments_v1.get(api_id, {}))
        answer = original(api_id, data)
        for deployment in set(gateway._deployments_v1.get(api_id, {})) - before:
            _snapshots.setdefault(api_id, {})[deployment] = _freeze(api_id)
        return answer

    gateway._create_deployment = create_deployment


@contextmanager
def _serving(api_id: str, stage_name: str) -> Iterator[None]:
    """Show the deployment of a stage for the length of one request."""
    stage = gateway._stages_v1.get(api_id, {}).get(stage_name) or {}
    snapshot = _snapshots.get(api_id, {}).get(stage.get("deploymentId"))
    api = gateway._rest_apis.get(api_id)
    if snapshot is None or api is None:
        yield
        return
    token = _served.set((api_id, snapshot | {"_rest_apis": api | snapshot["fields"]}))
    try:
        yield
    finally:
        _served.reset(token)


def _wrap_serving() -> None:
    execute, authorization = gateway._handle_execute_in_scope, gateway.method_authorization_type

    async def handle_execute_in_scope(api_id: str, stage_name: str, *rest: Any) -> Any:
        with _serving(api_id, stage_name):
            return await execute(api_id, stage_name, *rest)

    def method_authorization_type(api_id: str, stage_name: str, method: str, path: str) -> Any:
        scope = gateway.find_api_scope(api_id)
        if scope is None:
            return None
        with gateway.request_scope(*scope), _serving(api_id, stage_name):
            return authorization(api_id, stage_name, method, path)

    gateway._handle_execute_in_scope = handle_execute_in_scope
    gateway.method_authorization_type = method_authorization_type


def _wrap_removal() -> None:
    delete_api, delete_deployment, reset = (
        gateway._delete_rest_api, gateway._delete_deployment, gateway.reset)

    def delete_rest_api(api_id: str) -> Any:
        _snapshots.pop(api_id, None)
        return delete_api(api_id)

    def delete_one_deployment(api_id: str, deployment_id: str) -> Any:
        answer = delete_deployment(api_id, deployment_id)
        if answer[0] < 400:
            _snapshots.get(api_id, {}).pop(deployment_id, None)
        return answer

    def reset_all() -> None:
        _snapshots.clear()
        reset()

    gateway._delete_rest_api, gateway._delete_deployment = delete_rest_api, delete_one_deployment
    gateway.reset = reset_all


def _wrap_state() -> None:
    get_state, load = gateway.get_state, gateway.load_persisted_state

    def get_state_with_snapshots() -> dict[str, Any]:
        return {**get_state(), "deployed_apis": copy.deepcopy(_snapshots)}

    def load_with_snapshots(data: dict[str, Any]) -> None:
        load(data)
        kept = data.get("deployed_apis")
        if kept is not None:
            _snapshots._data.update(kept._data)

    gateway.get_state, gateway.load_persisted_state = get_state_with_snapshots, load_with_snapshots
