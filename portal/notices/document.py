"""A message as the shop writes it: in a file or on the command line. Checked, and rich text cleaned."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import nh3
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

import carriers
from carriers import Milestone
from portal.notices.values import Notice
from portal.progress.values import OrderState

_STATUSES = frozenset({*(state.value for state in OrderState), *(step.value for step in Milestone)})
_TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"}
_SCHEMES = {"https", "mailto", "tel"}

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]


class NoticeDocument(BaseModel):
    """One message. `text` is a text, or one for each language."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Name
    text: dict[Language, Words] = Field(min_length=1)
    rich: bool = False
    tone: Literal["calm", "good", "wait", "alert"] = "calm"
    shops: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    starts_at: AwareDatetime | None = Field(default=None, alias="from")
    ends_at: AwareDatetime | None = Field(default=None, alias="until")
    public: bool = False

    @field_validator("statuses")
    @classmethod
    def _known_statuses(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in _STATUSES:
                raise ValueError(f"{name!r} is no status: {', '.join(sorted(_STATUSES))}")
        return names

    @field_validator("carriers")
    @classmethod
    def _known_carriers(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if carriers.label_of(name) is None and carriers.named(name) is None:
                raise ValueError(f"{name!r} is no carrier: `jalon carriers` lists them")
        return names

    @model_validator(mode="after")
    def _has_a_time(self) -> NoticeDocument:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("until: must be after from")
        return self

    @model_validator(mode="after")
    def _says_something(self) -> NoticeDocument:
        if any(not text for text in self.notice().texts.values()):
            raise ValueError("text: nothing is left of it once it is cleaned")
        return self

    def notice(self) -> Notice:
        """The message as it is kept."""
        return Notice(
            name=self.name,
            texts={language: cleaned(text) if self.rich else text for language, text in self.text.items()},
            rich=self.rich,
            tone=self.tone,
            shops=frozenset(self.shops),
            statuses=frozenset(self.statuses),
            carriers=frozenset(_slug(name) for name in self.carriers),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            public=self.public,
        )


def documents(content: Any, language: str) -> list[NoticeDocument]:
    """The messages of a file: `message` is a list of them, whose `text` may be one for all. Raises ValueError."""
    listed = content.get("message") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise ValueError("expected a list of messages under `message`")
    found = [document(entry, language) for entry in listed]
    twice = {one.name for one in found if sum(one.name == other.name for other in found) > 1}
    if twice:
        raise ValueError(f"given twice: {', '.join(sorted(twice))}")
    return found


def document(entry: Any, language: str) -> NoticeDocument:
    """One message; a `text` without a language is in `language`. Raises ValueError."""
    if isinstance(entry, dict) and isinstance(entry.get("text"), str):
        entry = {**entry, "text": {language: entry["text"]}}
    if isinstance(entry, dict):
        entry = {name: _zoned(value) for name, value in entry.items()}
    return NoticeDocument.model_validate(entry)


def cleaned(text: str) -> str:
    """Rich text with what a message may hold: paragraphs, emphasis, lists, links that lead away safely."""
    return nh3.clean(
        text, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer external"
    ).strip()


def _slug(name: str) -> str:
    known = carriers.named(name)
    return known.manifest.slug if known else (carriers.label_of(name) or name).casefold()


def _zoned(value: Any) -> Any:
    """A moment without a zone is left for the check to name; TOML gives moments ready made."""
    return value.isoformat() if isinstance(value, datetime) else value
