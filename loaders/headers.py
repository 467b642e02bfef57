"""Where does a sheet's table begin, what are its columns called, and which rows are no data?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter

from graphmodel.text import Text
from loaders.errors import RowError, cell_name
from loaders.grid import Grid, ragged_row

SEARCHED_ROWS = 30
DEEPEST_HEADER = 3
SET_ASIDE = {
    "title": Text("标题", "title"),
    "repeated-header": Text("重复的表头", "repeated header"),
    "column-numbers": Text("列号", "column numbers"),
    "units": Text("单位", "units"),
    "heading": Text("小标题", "heading"),
    "total": Text("合计", "total"),
    "signature": Text("签章", "signature"),
    "note": Text("说明", "note"),
}
"""Reasons why a row of a sheet is no data, of those that a person should know of."""
UNDER_HEADER = 2  # rows of column numbers and of units
_LABEL_COLUMNS = 3


def _any_of(words: str) -> str:
    """A pattern for one of these words, however it is spaced: 合 计."""
    return "(?:" + "|".join(r"\s*".join(word) for word in words.split()) + r")\s*"


TOTAL_WORDS = "(合计|总计|小计|共计|总数|总和|(?i:sub)?(?i:totals?))"
# on texts as they stand: making them half-width first takes longer than all of this together
_TOTAL = r"^[^\d:：]{0,8}" + _any_of("合计 总计 小计 共计 总数 总和") + r"[:：]?$|^(?i:(?:sub\s*)?totals?)\s*[:：]?$"
_SIGNATURE = (
    r"^[(（]?(?:"
    + _any_of("填表人 填报人 制表人 审核人 单位盖章 填表日期 填报日期 填报时间 填报单位 打印日期 报送单位")
    + r"|\s*单\s*位\s*[(（]\s*(?:盖|公|章)|"
    + _any_of("制表 经办人 盖章 公章 签字 签章 审核 复核 负责人 单位负责人 主管领导 联系人 联系电话")
    + r"(?:[(（]?(?:签[字章]|盖章|公章)[)）]?)?\s*(?:[:：]|$))"
)
_NUMBER = re.compile(r"[\d\s.,，%％年月日/:：+-]*\d[\d\s.,，%％年月日/:：+-]*")
_UNIT = re.compile(r"\((?:单位:)?(?:人|名|个|家|元|万元|%)\)$")
_UNITS = r"^[(（]?(?:单位[:：])?(?:人|名|个|家|元|万元|%|％|年|月|日|年月|年月日|岁|是/否|有/无)[)）]?$"
_HEADING = r"街道(?:办事处)?$"
_NOTE = r"^[*※]?\s*" + _any_of("备注 说明 填表说明 注 注释 附注 附 附件") + r"\d*\s*[:：、.]"


def header_key(text: str) -> str:
    """Under which form are headers compared? Half-width, lower case, without any white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters: `name` its name in the frame (c0 is the sheet's first column); `header` its whole header, groups first:
    `党员人数/合计`; `index` its place in the sheet from 1; `group` the header without its last part, empty where there
    is none.
    """

    name: str
    header: str
    index: int
    group: str

    @property
    def forms(self) -> tuple[str, ...]:
        """What the column may be looked up by: the whole header, then each shorter ending of it, as `header_key`.

        After these the same without the unit in brackets behind it: 从业人员数（人）.
        """
        parts = self.header.split("/")
        forms = [header_key("/".join(parts[start:])) for start in range(len(parts))]
        return tuple(dict.fromkeys([*forms, *(_UNIT.sub("", form) for form in forms)]))


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One table: its columns, its rows of data, and the rows that are none.

    Parameters: `frame` String columns named as `Column.name`, and `rows` the source row of each of its rows;
    `set_aside` all other rows of the grid, with `row` and `reason` (title, header, repeated-header, column-numbers,
    units, heading, total, signature, note, blank), so that grid rows = data rows + rows set aside; `errors` and `notices` those of the
    grid and of the headers.
    """

    file: str
    name: str
    columns: tuple[Column, ...]
    frame: pl.DataFrame
    rows: pl.Series
    set_aside: pl.DataFrame
    errors: tuple[RowError, ...]
    notices: tuple[RowError, ...]


def find_table(grid: Grid, known: Collection[str], *, fewest: int = 2) -> Sheet | None:
    """Which table does this sheet hold?

    Parameters: `known` header texts that the caller can use, with groups (`党员人数/合计`) or without, in any width and
    spacing; `fewest` how many of them a header must have (fewer where fewer are known). The header is the block of one
    to three rows among the first thirty that has most of them. Headers merged over several columns become the group of
    each; where nothing is merged, as in a CSV, a group reaches to the right over blanks that have a header below.
    Cells merged over several rows of the body are filled down; blanks are not.
    Returns None where no such block is found. Linear in the cells, without a loop over rows.
    """
    keys = {header_key(each) for each in known}
    head = _head(grid)
    best, table = (max(1, min(fewest, len(keys))), -DEEPEST_HEADER - 1), None
    for top in range(len(head)):
        if len({each for each in head[top] if each}) < min(2, grid.frame.width):  # a title, not a header
            continue
        for depth in range(1, min(DEEPEST_HEADER, len(head) - top) + 1):
            if _cuts_merge(grid.merges, top, top + depth):
                continue
            columns = _columns(head[top : top + depth], grid, top)
            hits = sum(any(form in keys for form in column.forms) for column in columns)
            if (hits, -depth) > best:  # of two as good, the lower one: the rows above it are titles
                best, table = (hits, -depth), (columns, top, depth)
    return _cut(grid, *table) if table else None


def likely_columns(grid: Grid) -> tuple[Column, ...]:
    """What are probably the columns of a sheet of which no header is known?

    The header is the block of one to three of the first rows that tells most columns apart, the lowest depth of these:
    no row of it has a number, and each above the last leaves cells to what stands below. None where no row fits.
    """
    head, best = _head(grid), (0, 0)
    found: tuple[Column, ...] = ()
    counts = [any(text and _NUMBER.fullmatch(text) for text in row) for row in head]
    leaves = [None in row for row in grid.frame.head(SEARCHED_ROWS).iter_rows()]
    for top in range(len(head)):
        if len({each for each in head[top] if each}) < min(2, grid.frame.width):  # a title, not a header
            continue
        for depth in range(1, min(DEEPEST_HEADER, len(head) - top) + 1):
            if any(counts[top : top + depth]) or not all(leaves[top : top + depth - 1]):
                break
            if _cuts_merge(grid.merges, top, top + depth):
                continue
            columns = _columns(head[top : top + depth], grid, top)
            told_apart = (len({column.header for column in columns}), -depth)
            if told_apart > best:
                best, found = told_apart, columns
    return found


def _head(grid: Grid) -> list[list[str | None]]:
    """The first rows as they look: each merged range shows its text in all its cells of one row."""
    head = [list(row) for row in grid.frame.head(SEARCHED_ROWS).iter_rows()]
    for first, last, left, right in _clipped(grid.merges, len(head), grid.frame.width):
        for row in range(first, last + 1):
            head[row][left : right + 1] = [head[first][left]] * (right - left + 1)
    return head


def _clipped(merges: NDArray[np.int64], height: int, width: int) -> NDArray[np.int64]:
    """The ranges that begin within this many rows and columns, cut off at them."""
    inside = merges[(merges[:, 0] < height) & (merges[:, 2] < width)]
    return np.minimum(inside, np.array([height - 1, height - 1, width - 1, width - 1], dtype=np.int64)).astype(np.int64)


def _cuts_merge(merges: NDArray[np.int64], top: int, end: int) -> bool:
    """Whether a merged range lies partly inside the rows from `top` to before `end`."""
    first, last = merges[:, 0], merges[:, 1]
    return bool((((first < top) & (last >= top)) | ((first < end) & (last >= end))).any())


def _columns(block: list[list[str | None]], grid: Grid, top: int) -> tuple[Column, ...]:
    """The columns under a header block; those without any header text are left out."""
    bottom = top + len(block) - 1
    merged = {
        (row, column)
        for first, last, left, right in grid.merges[(grid.merges[:, 0] <= bottom) & (grid.merges[:, 1] >= top)]
        for row in range(max(first, top), min(last, bottom) + 1)
        for column in range(left, min(right, grid.frame.width - 1) + 1)
    }
    filled = [list(row) for row in block]
    for level, row in enumerate(filled[:-1]):
        for column in range(1, len(row)):
            reaches = row[column] is None and (top + level, column - 1) not in merged
            if reaches and filled[level + 1][column] and filled[level + 1][column - 1]:
                row[column] = row[column - 1]
    columns = []
    for index in range(grid.frame.width):
        parts: list[str] = []
        for row in filled:
            text = re.sub(r"\s+", "", row[index] or "").replace("/", "／")
            if text and (not parts or text != parts[-1]):
                parts.append(text)
        if parts:
            columns.append(Column(f"c{index}", "/".join(parts), index + 1, "/".join(parts[:-1])))
    return tuple(columns)


def _cut(grid: Grid, columns: tuple[Column, ...], top: int, depth: int) -> Sheet:
    names = [column.name for column in columns]
    body = _fill_down(grid, top + depth).slice(top + depth)
    rows = grid.rows.slice(top + depth)
    across = _across(grid, top + depth)
    reason = body.select(_reason(columns, body, grid.frame.slice(top, depth).rows(), across)).to_series()
    is_data = reason.is_null()
    before = pl.Series("reason", ["title"] * top + ["header"] * depth, pl.String)
    set_aside = pl.concat(
        [
            pl.DataFrame({"row": grid.rows.head(top + depth), "reason": before}),
            pl.DataFrame({"row": rows, "reason": reason}).filter(~is_data),
        ]
    )
    data = body.filter(is_data)
    data_rows = rows.filter(is_data)
    errors, notices = beyond_header(grid, names, data, data_rows)
    return Sheet(
        grid.file,
        grid.name,
        columns,
        data.select(names),
        data_rows,
        set_aside,
        (*grid.errors, *errors),
        (*grid.notices, *notices, *_spread(grid, columns, top + depth)),
    )


def _across(grid: Grid, first_row: int) -> pl.Series:
    """In each row of the body, the column (from 0) of a cell that is merged over columns; -1 where there is none."""
    merges = _clipped(grid.merges, grid.frame.height, grid.frame.width)
    wide = merges[(merges[:, 0] >= first_row) & (merges[:, 3] > merges[:, 2])]
    found = np.full(grid.frame.height - first_row, -1)
    lengths = wide[:, 1] - wide[:, 0] + 1
    steps = np.arange(lengths.sum()) - np.repeat(lengths.cumsum() - lengths, lengths)
    found[np.repeat(wide[:, 0], lengths) + steps - first_row] = np.repeat(wide[:, 2], lengths)
    return pl.Series("across", found)


def beyond_header(
    grid: Grid, named: Collection[str], data: pl.DataFrame, rows: pl.Series
) -> tuple[list[RowError], list[RowError]]:
    """Errors and notices of cells that stand under no header.

    Parameters: `named` the columns with a header; `data` rows of the grid under it, and `rows` where they stood. In
    delimited text a cell behind the last header is an error of its row, which has a cell too many; in a spreadsheet, and
    between headers, the column is named in a notice.
    """
    width = max((int(name[1:]) + 1 for name in named), default=0)
    unnamed = [name for name in data.columns if name not in named]
    behind = unnamed if grid.is_delimited else []
    behind = [name for name in behind if int(name[1:]) >= width]
    notices = [_unnamed(grid, data[name], rows) for name in unnamed if name not in behind]
    ragged = data.select(pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in behind)))
    known = {error.row for error in grid.errors}
    errors = [
        ragged_row(grid.file, grid.name, row, width) for row in rows.filter(ragged.to_series()) if row not in known
    ]
    return errors, [notice for notice in notices if notice]


def _fill_down(grid: Grid, first_row: int) -> pl.DataFrame:
    """The grid with the text of each range merged over several rows of the body in all of them."""
    frame = grid.frame
    merges = _clipped(grid.merges, frame.height, frame.width)
    tall = merges[(merges[:, 0] >= first_row) & (merges[:, 1] > merges[:, 0])]
    filled = []
    for column in np.unique(tall[:, 2]):
        ranges = tall[tall[:, 2] == column]
        source = np.arange(frame.height)
        lengths = ranges[:, 1] - ranges[:, 0] + 1
        starts = np.repeat(ranges[:, 0], lengths)
        steps = np.arange(lengths.sum()) - np.repeat(lengths.cumsum() - lengths, lengths)
        source[starts + steps] = starts
        filled.append(frame.to_series(int(column)).gather(source))
    return frame.with_columns(filled)


def _spread(grid: Grid, columns: tuple[Column, ...], first_row: int) -> list[RowError]:
    """A notice for each column of which texts were taken for all rows that their cell is merged over."""
    merges = _clipped(grid.merges, grid.frame.height, grid.frame.width)
    tall = merges[(merges[:, 0] >= first_row) & (merges[:, 1] > merges[:, 0])]
    notices = []
    for column in columns:
        ranges = tall[tall[:, 2] == column.index - 1]
        ranges = ranges[grid.frame[column.name].gather(ranges[:, 0]).is_not_null().to_numpy()]
        if not len(ranges):
            continue
        row, last = (int(grid.rows[int(at)]) for at in ranges[0, :2])
        message = Text(
            f"{len(ranges)} 处合并单元格的内容填到了其中每一行，第一处是第 {row} 至 {last} 行。",
            f"What {len(ranges)} merged cells say was taken for each of their rows, rows {row} to {last} first.",
        )
        hint = Text(
            "不是每一行都如此的，请取消合并，分行填写。",
            "Where it is not so for each row, unmerge the cell and fill in the rows.",
        )
        cell = cell_name(row, column.index)
        notices.append(RowError(grid.file, grid.name, row, column.header, None, "merged-cells", message, hint, cell))
    return notices


def _reason(
    columns: tuple[Column, ...], body: pl.DataFrame, header: Sequence[tuple[str | None, ...]], across: pl.Series
) -> pl.Expr:
    """Why a row of the body is no data; null where it is data.

    Parameters: `header` the texts of each row of the header; `across` as `_across` gives it.
    """
    named = [pl.col(column.name) for column in columns]
    repeated = [_repeats(columns, row) for row in header]
    first = pl.coalesce(pl.all())
    filled = pl.sum_horizontal(pl.all().is_not_null())
    at = pl.sum_horizontal(pl.col(name).is_not_null() * place for place, name in enumerate(body.columns))
    numbers = [_is_number(column, place) for place, column in enumerate(named, start=1)]
    few = filled <= max(4, body.width // 3)
    return (
        pl.when(filled == 0)
        .then(pl.lit("blank"))
        .when(pl.any_horizontal(label.str.contains(_TOTAL) for label in named[:_LABEL_COLUMNS]))
        .then(pl.lit("total"))
        .when(few & first.str.contains(_SIGNATURE))
        .then(pl.lit("signature"))
        .when(few & first.str.contains(_NOTE))
        .then(pl.lit("note"))
        .when(pl.any_horizontal(repeated))
        .then(pl.lit("repeated-header"))
        .when((pl.int_range(pl.len()) == 0) & (len(columns) > 2) & pl.all_horizontal(numbers))
        .then(pl.lit("column-numbers"))
        .when((pl.int_range(pl.len()) < UNDER_HEADER) & pl.all_horizontal(_is_unit(cell) for cell in named))
        .then(pl.lit("units"))
        .when((filled == 1) & (body.width > 2) & (at.eq(pl.lit(across)) | first.str.contains(_HEADING)))
        .then(pl.lit("heading"))
    )


def _repeats(columns: tuple[Column, ...], header: tuple[str | None, ...]) -> pl.Expr:
    """Whether at least half of a row is what this row of the header has, and two cells; merged ones leave rows blank."""
    texts = {column.name: header[column.index - 1] for column in columns}
    same = [pl.col(name).eq(text).fill_null(value=False) for name, text in texts.items() if text is not None]
    return pl.sum_horizontal(pl.lit(0), *same) >= max(2, (len(same) + 1) // 2)


def _is_number(column: pl.Expr, place: int) -> pl.Expr:
    """Whether a cell holds the number of its own column, as forms have it under their header."""
    return column.eq(str(place)).fill_null(value=False)


def _is_unit(column: pl.Expr) -> pl.Expr:
    """Whether a cell says in what the column below is counted, or nothing: 人, （万元）, 是/否."""
    return column.str.contains(_UNITS).fill_null(value=True)


def _unnamed(grid: Grid, values: pl.Series, rows: pl.Series) -> RowError | None:
    """A notice about a column that has values and no header; None where it is empty."""
    known = values.is_not_null()
    if not known.any():
        return None
    index, row = int(values.name[1:]) + 1, int(rows.filter(known)[0])
    letter, count = get_column_letter(index), int(known.sum())
    return RowError(
        grid.file,
        grid.name,
        row,
        None,
        None,
        "column-without-header",
        Text(
            f"{letter} 列没有表头，其中 {count} 个单元格没有读取，第一个在第 {row} 行。",
            f"Column {letter} has no header; {count} cells in it were not read, row {row} first.",
        ),
        Text("如果是数据，请补上表头；如果不是，可以忽略。", "Give it a header if it is data; otherwise ignore this."),
        cell_name(row, index),
    )
