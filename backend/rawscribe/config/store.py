"""The config in force, kept between invocations and re-checked against S3 when due."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import ValidationError

from rawscribe.config.merge import Json, merge
from rawscribe.config.settings import Settings
from rawscribe.config.source import ConfigObject, MalformedConfigError, parse_config, read_bundled
from rawscribe.log import log_line
from rawscribe.problems import describe_problems
from rawscribe.storage.bucket import Unchanged
from rawscribe.storage.errors import StorageError

RECHECK_AFTER_SECONDS = 30


@dataclass(frozen=True)
class LoadedConfig:
    """Settings with where they come from.

    ``problem`` says why the object in S3 is not what is in force: a defect of this deployment.
    ``stale`` says why the last re-check failed while older settings from S3 go on.
    """

    settings: Settings
    source: str = "bundled"
    etag: str | None = None
    problem: str | None = None
    stale: str | None = None


class ConfigStore:
    """Gives the settings in force; never raises for what stands in S3."""

    def __init__(
        self, environment: Json, source: ConfigObject | None, clock: Callable[[], float]
    ) -> None:
        self._environment = environment
        self._source = source
        self._clock = clock
        self._bundled = read_bundled()
        self._loaded = LoadedConfig(self._settings_with({}))
        self._seen_etag: str | None = None
        self._checked_at: float | None = None
        self._lock = threading.Lock()

    def current(self) -> LoadedConfig:
        """The config in force; asks S3 first when the last look is 30 s old or older."""
        with self._lock:
            if self._source is not None and self._is_due():
                self._checked_at = self._clock()
                self._recheck(self._source)
            return self._loaded

    def _is_due(self) -> bool:
        return self._checked_at is None or self._clock() - self._checked_at >= RECHECK_AFTER_SECONDS

    def _recheck(self, source: ConfigObject) -> None:
        try:
            fetched = source.bucket.get_if_changed(source.key, self._seen_etag)
        except StorageError as error:
            self._keep_after_failure(f"config.json could not be read ({error})")
            return
        if fetched is None:
            self._seen_etag = None
            self._loaded = LoadedConfig(self._settings_with({}))
        elif isinstance(fetched, Unchanged):
            self._loaded = replace(self._loaded, stale=None)
        else:
            self._take(fetched.body, fetched.etag)

    def _take(self, body: bytes, etag: str) -> None:
        self._seen_etag = etag
        try:
            settings = self._settings_with(parse_config(body))
        except MalformedConfigError as error:
            self._reject(str(error))
        except ValidationError as error:
            self._reject(f"config.json: {describe_problems(error.errors())}")
        else:
            self._loaded = LoadedConfig(settings, "s3", etag)
            log_line("info", "config", source="s3", etag=etag)

    def _reject(self, problem: str) -> None:
        self._loaded = replace(self._loaded, problem=problem, stale=None)
        log_line("error", "config", problem=problem, kept=self._loaded.source)

    def _keep_after_failure(self, reason: str) -> None:
        if self._loaded.source == "s3":
            self._loaded = replace(self._loaded, stale=reason)
        else:
            self._loaded = replace(self._loaded, problem=reason)
        log_line("warning", "config", problem=reason, kept=self._loaded.source)

    def _settings_with(self, from_s3: Json) -> Settings:
        layers = merge(merge(self._bundled, from_s3), self._environment)
        return Settings.model_validate(layers)
