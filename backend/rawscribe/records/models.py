"""The shapes of records: camelCase in JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints
from pydantic.alias_generators import to_camel

SOP_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"


class _Model(BaseModel):
    # NaN and infinities are refused: JSON has no words for them, they would come back as null.
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", allow_inf_nan=False
    )


class RecordInput(_Model):
    """What a user sends: ``{"sopId": "...", "title": "...", "data": {...}}``."""

    sop_id: Annotated[str, StringConstraints(pattern=SOP_ID_PATTERN)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    data: dict[str, JsonValue] = Field(default_factory=dict)


class RecordSummary(_Model):
    """A record without its data; times in UTC."""

    model_config = ConfigDict(extra="ignore")

    id: str
    owner: str
    owner_name: str
    sop_id: str
    title: str
    created_at: datetime
    updated_at: datetime


class Record(RecordSummary):
    """A stored record."""

    data: dict[str, JsonValue]


class RecordPage(_Model):
    """One page of a listing; ``next`` goes into ``?after=`` and is null on the last page."""

    items: list[RecordSummary]
    next: str | None
