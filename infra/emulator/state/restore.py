"""What happens at start: the newest whole state is read, and anything odd is said."""

from __future__ import annotations

import time
from pathlib import Path

from state import snapshot
from state.store import Damaged, Manifest, Store


def restore(folder: Path) -> tuple[dict[str, list[str]], str, list[str]]:
    """Load the newest state that is whole. Returns its contents, what it is, and notices.

    A damaged one is passed over for the one before it; when none can be read, the folder is
    set aside under a name that is told, and the local AWS starts empty. Raises Newer for one of
    a later program and OSError for a file that cannot be read: neither says that it is damaged.
    """
    store = Store(folder)
    notices: list[str] = []
    for _, path in reversed(store.numbered()):
        try:
            manifest = store.read(path)
            snapshot.load(store, manifest)
        except Damaged as damage:
            notices.append(f"saved state damaged: {damage}")
            continue
        return _use(store, manifest, notices)
    if not notices and store.has_contents():
        notices.append(f"{folder} has contents but no saved state: none was ever finished, or its files were removed")
    if notices:
        aside = folder.with_name(f"{folder.name}-damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        folder.rename(aside)
        notices.append(f"no saved state could be read: it was moved to {aside} and the local AWS is empty")
    folder.mkdir(parents=True, exist_ok=True)
    return {}, "", notices


def _use(store: Store, manifest: Manifest, notices: list[str]) -> tuple[dict[str, list[str]], str, list[str]]:
    if notices:
        notices.append(f"using the one before it, {snapshot.describe(manifest)}; later changes are lost")
        for number, path in store.numbered():
            if number > manifest.number:
                path.rename(path.with_suffix(".damaged"))
    store.sweep()
    return manifest.services, snapshot.describe(manifest), notices
