"""What does each column of a ledger say? The mapping of a district, as its file states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from graphmodel import choices
from graphmodel.declare import Column
from graphmodel.tables import type_named
from graphmodel.text import Refusal, Text
from loaders.columns import choice_words
from loaders.errors import printable
from loaders.headers import header_key
from loaders.personal import is_personal_header

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
_LONGEST_SAID = 60  # characters of a header that a message repeats
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


class ColumnRefused(Refusal):
    """What was said of a header cannot be."""


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

    def matched(self, wordings: Mapping[str, str]) -> LedgerMapping:
        """With what somebody said of headers that it does not know: header of a file → any wording of the column that it is.

        Errors: `ColumnRefused` where there is no such column, where the header is another's already, and where it is
        that of a column about persons, which is never read.
        """
        further: dict[tuple[Kind, str], list[str]] = {}
        for mine, meant in wordings.items():
            columns = [
                column
                for column, word in (at[header_key(meant)] for at in self.lookups.values() if header_key(meant) in at)
                if word is None and not column.is_skipped
            ]
            if not columns:
                raise _no_such_column(mine, meant)
            if is_personal_header(mine):
                raise _about_persons(mine)
            for column in columns:
                taken, _ = self.lookups[column.sheet].get(header_key(mine), (column, None))
                if taken is not column:
                    raise _known_as(mine, taken)
                further.setdefault((column.sheet, column.key), []).append(mine)
        told = (
            replace(column, synonyms=(*column.synonyms, *further.get((column.sheet, column.key), ())))
            for column in self.columns
        )
        return replace(self, columns=tuple(told))

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


def wordings(said: Sequence[str]) -> dict[str, str]:
    """What `HEADER=COLUMN` texts say of headers. Errors: `ColumnRefused` for one that has no such form, or is there twice."""
    found: dict[str, str] = {}
    for each in said:
        mine, _, meant = (part.strip() for part in each.rpartition("="))
        if not mine or not meant or mine in found:
            message = Text("“{said}”不能用来说明一列。", "'{said}' does not say what a column is.")
            hint = Text(
                "请写成 表头=台账的列，每个表头一次，例如 主管部门=业务主管单位。",
                "Write HEADER=COLUMN, each header once, such as 主管部门=业务主管单位.",
            )
            raise ColumnRefused(message.format(said=printable(each, _LONGEST_SAID)), hint, code="bad-column")
        found[mine] = meant
    return found


def _no_such_column(mine: str, meant: str) -> ColumnRefused:
    message = Text(
        "台账没有“{meant}”这一列，不能用来读“{mine}”。", "The ledger has no column '{meant}' to read '{mine}' as."
    )
    hint = Text(
        "台账的列见空白模板（partygraph template）。", "The blank workbook has its columns (partygraph template)."
    )
    return ColumnRefused(_of(message, mine=mine, meant=meant), hint, code="unknown-field")


def _about_persons(mine: str) -> ColumnRefused:
    message = Text("“{mine}”涉及个人信息，不读取。", "'{mine}' is about persons and is not read.")
    hint = Text("系统只记录组织，不记录个人。", "Only organisations are recorded, never persons.")
    return ColumnRefused(_of(message, mine=mine), hint, code="personal-column")


def _known_as(mine: str, taken: LedgerColumn) -> ColumnRefused:
    message = Text(
        "“{mine}”就是台账的“{taken}”，不能改作别的列。", "'{mine}' is the ledger's '{taken}' and cannot be another."
    )
    hint = Text(
        "表头写错的，请在文件里改；别的台账请用自己的对照表。",
        "Correct a wrong header in the file; another kind of ledger needs a mapping of its own.",
    )
    return ColumnRefused(_of(message, mine=mine, taken=taken.header), hint, code="known-column")


def _of(message: Text, **names: str) -> Text:
    return message.format(**{name: printable(text, _LONGEST_SAID) for name, text in names.items()})
