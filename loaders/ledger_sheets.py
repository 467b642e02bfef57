"""Which sheets of these files are a ledger's, and what stands under which of its columns?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from graphmodel.identity import normalised_name
from graphmodel.text import Text
from graphmodel.values import parse_flags, parse_integers
from loaders.columns import LONGEST_TEXT, UNKNOWN, read_text
from loaders.errors import RowError, cell_name, refused
from loaders.grid import Grid
from loaders.headers import SEARCHED_ROWS, SET_ASIDE, TOTAL_WORDS, Column, Sheet, find_table
from loaders.layout import Layout
from loaders.ledger_mapping import Kind, LedgerColumn, LedgerMapping
from loaders.ledger_unmatched import unmatched
from loaders.personal import is_personal_column, is_personal_header, skipped_notice
from loaders.raw import Header
from loaders.template import ERRORS_SHEET

BETWEEN = "、"  # words of several ticked columns in one text
EXAMPLE = r"^[(（【\[]?(?:示例|样例|(?i:example))(?:[/:：()（）\]】 ]|$)"
_FEWEST = {"ledger": 3, "register": 2}
_TELLING = ("tells", "superior", "joint-name", "authority")  # what only a ledger has
_FEWEST_TELLING = 2
_NAMES = ("street", "community", "superior", "joint-name", "post")  # in which a dash is no name
_OF_PARTY = ("tells", "joint-name", "planned-on", "PartyOrganization.founded_on")  # what tells whether there is one
_IDENTIFYING = ("code", "Organization.credit_code", "Organization.registration_number", "Organization.track")
_REASONS = SET_ASIDE | {"example": Text("示例", "example")}
_LOOK = Text("如果其中有数据，请把它移到表格中间再导入。", "If one of them is data, move it into the table.")
_HEADINGS = Text(
    "小标题说的内容（如街道）不会带到下面各行，请另设一列填写；如果其中有数据，请补全它的各列再导入。",
    "What a heading says, such as the street, is not taken for the rows below it: give it a column. "
    "If one of them is data, fill in its columns.",
)
_MOST_ROWS_NAMED = 5

Lookup = Mapping[str, tuple[LedgerColumn, str | None]]
Found = tuple[Column, LedgerColumn, str | None]  # where it stands, what it says, the word it is to be ticked for


@dataclass(frozen=True, eq=False)
class Table:
    """One sheet of a ledger.

    Parameters: `columns` those that are read, by `LedgerColumn.key`, several where words are ticked under one header;
    `sheet` its rows of data, without example rows; `personal` the names of its columns with personal data; `marked` the
    rows of data that are still marked as an example.
    """

    kind: Kind
    grid: Grid
    sheet: Sheet
    columns: Mapping[str, tuple[Found, ...]]
    personal: frozenset[str]
    marked: frozenset[int]
    notices: tuple[RowError, ...]

    @cached_property
    def layout(self) -> Layout:
        """How it goes back to its user."""
        read = {column.name for found in self.columns.values() for column, _, _ in found}
        return Layout.of_sheet(self.grid, self.sheet, read, self.personal)

    def header(self, key: str) -> Header | None:
        """Under which header stands what is called `key`? None where this sheet has no such column."""
        if key not in self.columns:
            return None
        column, _, word = self.columns[key][0]
        return Header(column.group, column.index) if word and column.group else Header(column.header, column.index)

    def read(self, number: int) -> pl.DataFrame:
        """The texts by key, cleaned, with `@table` (this number) and `@row` (where each row stood)."""
        rows = self.sheet.rows.cast(pl.Int64).alias("@row")
        texts = (self._text(key) for key in self.columns)
        return pl.DataFrame([rows, *texts]).with_columns(pl.lit(number, pl.UInt32).alias("@table"))

    def _text(self, key: str) -> pl.Series:
        found = self.columns[key]
        plain = [column.name for column, _, word in found if word is None]
        if len(found) == 1 and plain:
            text = self.sheet.frame[plain[0]]
            if found[0][1].use == "instructor":
                return text.is_not_null().alias(key)
            said = read_text(text, LONGEST_TEXT)[0]
            is_blank = key in _NAMES or key.startswith("tells")
            return (said.set(said.is_in(UNKNOWN), None) if is_blank else said).alias(key)
        ticked = [_ticked(pl.col(column.name), word) for column, _, word in found if word is not None]
        words = pl.concat_str([*(pl.col(name) for name in plain), *ticked], separator=BETWEEN, ignore_nulls=True)
        return self.sheet.frame.select(words.replace("", None).alias(key)).to_series()


def _ticked(cell: pl.Expr, word: str) -> pl.Expr:
    """The word where its column is ticked, nothing where it is not; a cell that is no tick stays as it is."""
    flag = parse_flags(cell)
    says_so = flag.fill_null(value=False) | (normalised_name(cell) == word)
    return pl.when(says_so).then(pl.lit(word)).when(flag.is_null() & ~cell.is_in(UNKNOWN)).then(cell)


def is_ledger(grids: Sequence[Grid], mapping: LedgerMapping) -> bool:
    """Does one of these sheets look like the ledger itself: a name, and at least two columns that only a ledger has?"""
    for grid in grids:
        table = _table(_head(grid), "ledger", mapping)
        if table and _tells(table):
            return True
    return False


def is_register(grids: Sequence[Grid], mapping: LedgerMapping) -> bool:
    """Is one of these sheets the second one of a ledger, by its name and its columns?"""
    name = mapping.names.get("register")
    return name is not None and any(name in grid.name and _kind(grid, mapping) == "register" for grid in grids)


def lists_organizations(grids: Sequence[Grid], mapping: LedgerMapping) -> bool:
    """Does one of these sheets list organisations by name and by what tells them apart, whatever else it says of them?"""
    tables = (_table(_head(grid), "ledger", mapping, alone=True) for grid in grids)
    return any(table and not table.columns.keys().isdisjoint(_IDENTIFYING) for table in tables)


def _tells(table: Table) -> bool:
    return sum(key.partition(":")[0] in _TELLING for key in table.columns) >= _FEWEST_TELLING


def find_tables(grids: Sequence[Grid], mapping: LedgerMapping) -> tuple[list[Table], list[RowError]]:
    """The ledger's sheets among these, and a notice for each sheet that is none.

    Where no sheet is the ledger itself, lists of organisations are read as ledgers that tell of no Party organisation.
    Errors: `FileRefused` where there is neither, or a sheet has two columns for one thing.
    """
    tables, notices = [], []
    kinds = [_kind(grid, mapping) for grid in grids]
    if "ledger" not in kinds:
        kinds = ["ledger" if kind else None for kind in kinds]
    alone = "register" not in kinds
    for grid, kind in zip(grids, kinds, strict=True):
        if kind and (table := _table(grid, kind, mapping, alone=alone)):
            _refuse_two_columns(table)
            tables.append(table)
            if kind == "ledger" and not any(key.partition(":")[0] in _OF_PARTY for key in table.columns):
                notices.append(_silent(grid))
        elif grid.frame.height and not grid.name.startswith(ERRORS_SHEET):
            notices.append(_unread_sheet(grid))
    if not any(table.kind == "ledger" for table in tables):
        raise _no_ledger(grids, mapping)
    return tables, notices


def _head(grid: Grid) -> Grid:
    """The rows among which a header is sought, and the first ones below it."""
    return replace(grid, frame=grid.frame.head(2 * SEARCHED_ROWS), rows=grid.rows.head(2 * SEARCHED_ROWS))


def _kind(grid: Grid, mapping: LedgerMapping) -> Kind | None:
    """The ledger where it has what only a ledger has, else the kind that most columns fit; None where they fit none.

    The second sheet where both fit as well: without a ledger beside it, it is read as one.
    """
    head = _head(grid)
    fitting = {kind: table for kind in mapping.names if (table := _table(head, kind, mapping))}
    if "ledger" in fitting and _tells(fitting["ledger"]):
        return "ledger"
    return max(
        fitting, key=lambda kind: (sum(map(len, fitting[kind].columns.values())), kind != "ledger"), default=None
    )


def _table(grid: Grid, kind: Kind, mapping: LedgerMapping, *, alone: bool = False) -> Table | None:
    """What this sheet is as one of that kind; of a ledger `alone`, the columns of the second sheet are read too."""
    lookup = mapping.lookups[kind]
    others = mapping.lookups.get("register", {}) if alone and kind == "ledger" else {}
    sheet = find_table(grid, lookup.keys() | others.keys())
    if sheet is None:
        return None
    columns: dict[str, list[Found]] = {}
    unknown: list[Column] = []
    personal: list[Column] = []
    unused: list[Column] = []
    for column in sheet.columns:
        said = _said(column, lookup)
        other = _said(column, others)
        if other and (said is None or _is_taken(said, columns)):
            said = other
        if said is None:
            about_persons = is_personal_header(column.header) or is_personal_column(sheet.frame[column.name])
            (personal if about_persons else unknown).append(column)
            continue
        if said[0].is_skipped:
            (unused if said[0].use == "not-imported" else personal).append(column)
        if not said[0].is_skipped or said[0].use == "instructor":
            columns.setdefault(said[0].key, []).append((column, *said))
    if "name" not in columns or len(columns) < _FEWEST[kind]:
        return None
    sheet, examples, marked = _without_examples(sheet, columns)
    notices = [*sheet.notices, *_set_aside(sheet, examples)]
    notices += [_personal(sheet, column, grid) for column in personal]
    notices += _unread(sheet, unknown, unused)
    notices += _totals(grid, sheet, columns)
    read = {key: tuple(found) for key, found in columns.items()}
    return Table(kind, grid, sheet, read, frozenset(column.name for column in personal), marked, tuple(notices))


def _said(column: Column, lookup: Lookup) -> tuple[LedgerColumn, str | None] | None:
    return next((lookup[form] for form in column.forms if form in lookup), None)


def _is_taken(said: tuple[LedgerColumn, str | None], columns: Mapping[str, Sequence[Found]]) -> bool:
    """Whether another column says this already, as the number does that stands beside a credit code."""
    return said[1] is None and any(word is None for _, _, word in columns.get(said[0].key, ()))


def _without_examples(sheet: Sheet, columns: Mapping[str, Sequence[Found]]) -> tuple[Sheet, pl.Series, frozenset[int]]:
    """The sheet without its example rows, where these stood, and the rows of data that kept an example's mark.

    An example is marked in its first cell or its name. Beside a mark in the first cell alone, a name that is not the
    blank workbook's own was typed over it.
    """
    column, said, _ = columns["name"][0]
    name, first = pl.col(column.name), pl.col(sheet.columns[0].name)
    found = sheet.frame.select(
        marked=first.str.contains(EXAMPLE).fill_null(value=False),
        called=name.str.contains(EXAMPLE).fill_null(value=False),
        typed=(name != (said.example or "")).fill_null(value=False),
    )
    is_data = found["marked"] & ~found["called"] & found["typed"]
    is_example = (found["marked"] | found["called"]) & ~is_data
    kept = replace(sheet, frame=sheet.frame.filter(~is_example), rows=sheet.rows.filter(~is_example))
    return kept, sheet.rows.filter(is_example), frozenset(sheet.rows.filter(is_data).to_list())


# --- what a person should know of a sheet ---


def _set_aside(sheet: Sheet, examples: pl.Series) -> list[RowError]:
    aside = pl.concat(
        [
            sheet.set_aside.select(pl.col("row").cast(pl.Int64), "reason"),
            pl.DataFrame({"row": examples.cast(pl.Int64)}).with_columns(reason=pl.lit("example")),
        ]
    )
    parts = []
    for reason, rows in aside.filter(pl.col("reason").is_in(list(_REASONS))).group_by("reason", maintain_order=True):
        numbers = [str(row) for row in rows["row"].head(_MOST_ROWS_NAMED)] + ["…"] * (rows.height > _MOST_ROWS_NAMED)
        title = _REASONS[str(reason[0])]
        parts.append(
            Text(
                f"{title.zh} {rows.height} 行（第 {'、'.join(numbers)} 行）", f"{title.en} in row {', '.join(numbers)}"
            )
        )
    if not parts:
        return []
    message = Text(
        f"以下不是数据，没有读取：{'；'.join(part.zh for part in parts)}。",
        f"Set aside, being no data: {'; '.join(part.en for part in parts)}.",
    )
    hint = _HEADINGS if aside["reason"].eq("heading").any() else _LOOK
    return [RowError(sheet.file, sheet.name, None, None, None, "rows-set-aside", message, hint)]


def _totals(grid: Grid, sheet: Sheet, columns: Mapping[str, Sequence[Found]]) -> list[RowError]:
    """Totals that are neither the sum of all rows above them nor of those since the last total, column by column."""
    rows = sheet.set_aside.filter(pl.col("reason") == "total")["row"]
    if not rows.len():
        return []
    at = grid.rows.is_in(rows.implode()).arg_true().to_numpy()
    is_data = grid.rows.is_in(sheet.rows.implode())
    labels = (
        grid.frame[at].select(pl.coalesce(pl.all().str.replace_all(r"\s", "").str.extract(TOTAL_WORDS))).to_series()
    )
    kinds = labels.fill_null("").to_numpy()
    notices = []
    for column, said, word in (found[0] for found in columns.values() if len(found) == 1):
        if word is not None or said.field is None or said.field.kind != "integer":
            continue
        values = grid.frame.select(parse_integers(pl.col(column.name))).to_series()
        sums = (values.fill_null(0) * is_data).cum_sum().to_numpy()[at]
        since = np.diff(sums, prepend=0)
        stated = values.gather(at)
        wrong = (stated.is_not_null() & (stated != pl.Series(sums)) & (stated != pl.Series(since))).arg_true()
        # a total of sub-totals is the sum since the last one of its kind
        told = [at_ for at_ in wrong if sums[at_] - stated[at_] not in sums[:at_][kinds[:at_] == kinds[at_]]]
        for place in told:
            row, said_there, whole, part = int(grid.rows[int(at[place])]), stated[place], sums[place], since[place]
            cell, message = cell_name(row, column.index), _wrong_total(said_there, whole, part)
            notices.append(
                RowError(sheet.file, sheet.name, row, column.header, None, "total-differs", message, _TOTAL_HINT, cell)
            )
    return notices


_TOTAL_HINT = Text(
    "合计行不导入；请核对是合计写错，还是漏了行。",
    "Totals are not imported; see whether it is wrong or a row is missing.",
)


def _wrong_total(stated: int, whole: int, part: int) -> Text:
    """What a total says and what the rows add up to: those since the last total, and all of them."""
    if part == whole:
        return Text(f"合计写 {stated}，各行相加是 {whole}。", f"The total says {stated}; the rows add up to {whole}.")
    return Text(
        f"合计写 {stated}，上一个合计以来的各行相加是 {part}，从头相加是 {whole}。",
        f"The total says {stated}; the rows since the last total add up to {part}, all rows to {whole}.",
    )


def _personal(sheet: Sheet, column: Column, grid: Grid) -> RowError:
    header = sheet.set_aside.filter(pl.col("reason") == "header")["row"]
    written = (
        grid.rows.is_in(header.implode()) & grid.frame[column.name].is_not_null()
    )  # a merged header: its first row
    top = grid.rows.filter(written).max()
    cell = cell_name(int(top), column.index) if isinstance(top, int) and top else None
    return skipped_notice(sheet.file, sheet.name, column.header, cell)


def _unread(sheet: Sheet, unknown: Sequence[Column], unused: Sequence[Column]) -> list[RowError]:
    notices = [notice for column in unknown if (notice := unmatched(sheet, column))]
    used = [column.header for column in unused if sheet.frame[column.name].null_count() < sheet.frame.height]
    if used:
        message = Text(
            f"这些列按对照表不导入：{'、'.join(used)}。",
            f"By the mapping these columns are not imported: {', '.join(used)}.",
        )
        hint = Text("无需处理。", "Nothing to do.")
        notices.append(RowError(sheet.file, sheet.name, None, None, None, "column-not-imported", message, hint))
    return notices


def _silent(grid: Grid) -> RowError:
    message = Text(
        "表中没有说明党组织情况的列（如“党组织设置”）：各组织有没有党组织，按未知处理。",
        "No column tells of Party organisations (such as 党组织设置): whether there is one stays unknown.",
    )
    hint = Text(
        "知道的请加上“党组织设置”列，填 是 或 否。", "Where it is known, add 党组织设置 with 是 (yes) or 否 (no)."
    )
    return RowError(grid.file, grid.name, None, None, None, "party-not-told", message, hint)


def _unread_sheet(grid: Grid) -> RowError:
    message = Text("这个工作表不像台账，没有读取。", "This sheet looks like no part of a ledger; it was not read.")
    hint = Text("如果是数据，请检查表头。", "If it is data, check its headers.")
    return RowError(grid.file, grid.name, None, None, None, "sheet-not-read", message, hint)


def _refuse_two_columns(table: Table) -> None:
    for found in table.columns.values():
        plain = [column for column, _, word in found if word is None]
        if len(plain) > 1:
            names = "、".join(column.header for column in plain)
            raise refused(
                table.grid.file,
                "column-twice",
                Text(
                    f"有 {len(plain)} 列说的是同一件事：{names}。",
                    f"{len(plain)} columns stand for one thing: {names}.",
                ),
                Text("请只保留一列，或改其中一列的表头。", "Keep one of them, or change a header."),
                sheet=table.grid.name,
                column=plain[-1].header,
            )


def _no_ledger(grids: Sequence[Grid], mapping: LedgerMapping) -> Exception:
    wanted = [c.header for c in mapping.of("ledger") if not c.is_skipped and c.use in ("name", *_TELLING)]
    sheets = "、".join(grid.name for grid in grids) or "-"
    return refused(
        grids[0].file if grids else "-",
        "no-ledger",
        Text(
            f"没有找到台账：工作表 {sheets} 的前 30 行里没有台账的表头。",
            f"No ledger: sheet {sheets} has no ledger's headers in its first 30 rows.",
        ),
        Text(f"台账要有这样的列：{'、'.join(wanted)}。", f"A ledger has columns such as {', '.join(wanted)}."),
    )
