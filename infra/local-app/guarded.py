"""The backend of this checkout behind the pool of ``LOCAL_POOL``: ``uvicorn guarded:app``."""

import os

from authorizer import App, Authorizer, Pool
from rawscribe import main

_pool = os.environ.get("LOCAL_POOL")
app: App = main.app if _pool is None else Authorizer(main.app, Pool.from_json(_pool))
