"""What does each column of a ledger say? The mapping of a district, as its file states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from graphmodel import choices
from graphmodel.declare import Column
from graphmodel.tables import type_named
from graphmodel.text import Text
from loaders.columns import choice_words
from loaders.headers import header_key

Kind = Literal["ledger", "register"]
RULES: Mapping[str, tuple[Kind, ...]] = {
    "name": ("ledger", "register"),
    "code": ("ledger",),
    "authority": ("ledger",),
    "address": ("ledger",),
    "street": ("ledger", "register"),
    "community": ("ledger", "register"),
    "tells": ("ledger",),
    "joint-name": ("ledger",),
    "superior": ("ledger",),
    "planned-on": ("ledger",),
    "instructor": ("ledger",),
    "post": ("ledger",),
    "personal": ("ledger", "register"),
    "not-imported": ("ledger", "register"),
}
_MANY = ("tells", "personal", "not-imported")  # uses that several columns may have
DERIVED = ("name", "level", "form", "state")  # of a Party organisation: told by rules, never by one column
EXISTENCE = ("founded", "not-founded")
FORMS = tuple(
    form.value for form in (choices.PartyForm.STANDALONE, choices.PartyForm.FUNCTIONAL, choices.PartyForm.JOINT)
)
LEVELS = choices.PartyLevel.values()


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column of the mapping.

    Parameters: `sheet` the kind of its sheet; `header` groups first; `use` the field it feeds, or its rule; `says`
    word → what it tells; `options` the columns under its header; `line` where the file has it.
    """

    sheet: Kind
    header: str
    use: str
    synonyms: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    says: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: Text | None = None
    example: str | None = None
    line: int = 1

    @property
    def key(self) -> str:
        """What its values are called on their way; one column of a sheet for each key."""
        return f"{self.use}:{self.header}" if self.use in _MANY else self.use

    @property
    def field(self) -> Column | None:
        """The schema's column that it feeds, None where it takes part in a rule."""
        type_name, _, name = self.use.partition(".")
        return type_named(type_name).columns[name] if name else None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that may stand under its header as columns to be ticked."""
        if self.says or self.options:
            return (*self.says, *self.options)
        if self.field is None or self.field.kind not in ("choice", "flag"):
            return ()
        return tuple(choice_words(self.field.choices)) if self.field.choices else ("是", "否")

    @property
    def headers(self) -> tuple[str, ...]:
        """Every wording of its header, the mapping's before the schema's."""
        titles = (self.field.title.zh, self.field.title.en, *self.field.aliases) if self.field else ()
        return (self.header, *self.synonyms, *titles)

    @property
    def is_skipped(self) -> bool:
        """Whether nothing of it is read, save that an instructor's name is filled in."""
        return self.use in ("personal", "not-imported", "instructor")


@dataclass(frozen=True)
class LedgerMapping:
    """A checked mapping file.

    Parameters: `names` kind → name of the sheet in the blank workbook; `columns` in the file's order; `direct` words
    that say direct registration in the authority's column, `no_authority` words that name none (N15); `planned` what
    is planned where only its day is given: level and form.
    """

    name: str
    title: Text
    names: Mapping[Kind, str]
    columns: tuple[LedgerColumn, ...]
    direct: tuple[str, ...]
    no_authority: tuple[str, ...]
    planned: tuple[str, ...]

    def of(self, kind: Kind) -> tuple[LedgerColumn, ...]:
        """The columns of one kind of sheet."""
        return tuple(column for column in self.columns if column.sheet == kind)

    @cached_property
    def lookups(self) -> Mapping[Kind, Mapping[str, tuple[LedgerColumn, str | None]]]:
        """For each kind of sheet: `header_key` → the column of the mapping, and the word it is a tick column of."""
        return {kind: _lookup(self.of(kind)) for kind in self.names}


def _lookup(columns: Iterable[LedgerColumn]) -> dict[str, tuple[LedgerColumn, str | None]]:
    found: dict[str, tuple[LedgerColumn, str | None]] = {}
    ranked = sorted(
        ((rank, column, header) for column in columns for rank, header in enumerate(column.headers)), key=lambda r: r[0]
    )
    for _, column, header in ranked:
        found.setdefault(header_key(header), (column, None))
    for _, column, header in ranked:
        for word in column.words:
            found.setdefault(header_key(f"{header}/{word}"), (column, word))
    return found
