"""Which rows of which types are in a bundle? A folder of CSV files, a workbook with one sheet a type, JSON or a graph file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from graphmodel.declare import SOURCES
from graphmodel.schema import NODE_TYPES
from graphmodel.tables import all_types, frame_schema, type_named
from graphmodel.text import Text
from loaders.errors import RowError, cell_name, refused
from loaders.faults import title_of, unsaid
from loaders.files import read_files
from loaders.grid import Grid, Limits
from loaders.headers import SEARCHED_ROWS, SET_ASIDE, Column, beyond_header, find_table, header_key, likely_columns
from loaders.layout import Layout, about_persons
from loaders.personal import is_personal_column, is_personal_header, skipped_notice
from loaders.raw import Header, Raw
from loaders.template import ERRORS_SHEET, EXAMPLE, GUIDE, MARK_LEFT, samples

_MOST_SEEN = 20  # headers that a refusal names
_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".graphml", ".gexf")


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """What a bundle holds: `raws` for the validator, `layouts` to give rows back in, and what was remarked on the way."""

    raws: tuple[Raw, ...]
    layouts: tuple[Layout, ...]
    errors: tuple[RowError, ...]
    notices: tuple[RowError, ...]


@dataclass(slots=True, eq=False)
class _Remarks:
    errors: list[RowError] = field(default_factory=list)
    notices: list[RowError] = field(default_factory=list)


@cache
def type_words() -> dict[str, str]:
    """Every name that a file, a sheet or a key of JSON may have for a type, as `header_key` → the type's name."""
    words: dict[str, str] = {}
    for name in all_types():
        element = type_named(name)
        for word in (name, element.__name__, element.title.zh, element.title.en):
            words.setdefault(header_key(word), name)
    return words


@cache
def field_words(name: str) -> dict[str, str]:
    """Every header that a field of this type may have, as `header_key` → the field's name."""
    columns = type_named(name).columns
    words: dict[str, str] = {}
    for one in frame_schema(name):
        if one == SOURCES:
            continue
        title = title_of(name, one)
        for word in (one, title.zh, title.en, *(columns[one].aliases if one in columns else ())):
            words.setdefault(header_key(word), one)
    return words


def bundle_files(path: Path) -> list[Path]:
    """The files of a bundle: those of a folder with an ending that is read, in the order of their names; or the file itself."""
    if not path.is_dir():
        return [path]
    return sorted(
        p for p in path.iterdir() if p.is_file() and p.suffix.lower() in _ENDINGS and not p.name.startswith((".", "~$"))
    )


def read_bundle(paths: Path | Sequence[Path], limits: Limits | None = None) -> Bundle:
    """Which rows of which types do these files hold?

    Parameters: `paths` a folder, a file, or several of either. A CSV is named as its type (`COVERS.csv`, `覆盖.csv`), a
    sheet likewise; headers are names of fields, titles or aliases. What is not imported is named in a notice: sheets and
    columns without a meaning, columns with personal data, example rows.
    Errors: `FileRefused` for a file that cannot be read, for a folder or workbook without any known table, for a table
    without the columns that identify its rows or with two columns for one field.
    """
    listed = [paths] if isinstance(paths, Path) else list(paths)
    files = [file for path in listed for file in bundle_files(path)]
    grids = [grid for read in read_files(files, limits).values() for grid in read]
    bundle = from_grids(grids)
    if not bundle.raws:
        seen = _seen(grids)
        raise refused(
            ", ".join(path.name for path in listed),
            "no-known-table",
            Text(f"没有认得出的表。{seen.zh}", f"It holds no table that is known. {seen.en}"),
            Text(
                "台账要有“社会组织名称”、代码（或“登记备案”），再加至少一列；"
                "数据包的文件名或工作表名要用类型名，例如 Organization.csv（社会组织）、COVERS.csv（覆盖）。"
                "空白工作簿：网页“导入”处的模板，或 partygraph template。",
                "A ledger has 社会组织名称 (name), a code or 登记备案 (track), and at least one column more; files or sheets of a "
                "bundle are named as types, such as Organization.csv or COVERS.csv. "
                "A blank workbook: the template on the page of imports, or partygraph template.",
            ),
        )
    return bundle


def _seen(grids: Sequence[Grid]) -> Text:
    """What stands where headers are sought: so that a reader sees what was taken for them."""
    texts = max((_headers(likely_columns(grid)) for grid in grids), key=len, default=[])[:_MOST_SEEN]
    if not texts:
        return Text("里面没有文字。", "It has no text.")
    return Text(f"看到的表头：{'、'.join(texts)}。", f"Headers seen: {', '.join(texts)}.")


def headers_seen(paths: Sequence[Path], limits: Limits | None = None) -> list[tuple[str, str, list[str]]]:
    """File, sheet and headers of each sheet with text, known or not, so that a person can say what they are.

    Headers are those of `likely_columns`, of several rows joined as `党员人数/合计`; columns about persons are left out.
    Errors: as `read_files`.
    """
    grids = (grid for read in read_files(paths, limits).values() for grid in read)
    return [(grid.file, grid.name, texts) for grid in grids if (texts := _headers(_of_nobody(grid)))]


def _of_nobody(grid: Grid) -> list[Column]:
    """The likely columns that are not about persons."""
    return [
        column
        for column in likely_columns(grid)
        if not is_personal_header(column.header) and not is_personal_column(grid.frame[column.name])
    ]


def _headers(columns: Iterable[Column]) -> list[str]:
    """Headers as they may be shown."""
    return unsaid(column.header for column in columns)


def is_bundle(grids: Iterable[Grid]) -> bool:
    """Is one of these sheets named as a type, with headers for what tells its rows apart?"""
    return any(_tells_rows_apart(grid) for grid in grids)


def _tells_rows_apart(grid: Grid) -> bool:
    name = type_words().get(header_key(grid.name))
    if name is None:
        return False
    words = field_words(name)
    said = {words.get(header_key(text)) for row in grid.frame.head(SEARCHED_ROWS).iter_rows() for text in row if text}
    return said.issuperset(_identifying(name))


def _identifying(name: str) -> tuple[str, ...]:
    """The fields without which no row says what it is about."""
    return ("id",) if name in NODE_TYPES else ("source", "target")


def from_grids(grids: Iterable[Grid]) -> Bundle:
    """The rows of grids that are already read; errors as in `read_bundle`."""
    remarks, raws, layouts = _Remarks(), [], []
    for grid in (grid for grid in grids if not grid.name.startswith((GUIDE, ERRORS_SHEET))):
        remarks.errors += grid.errors
        remarks.notices += grid.notices
        name = type_words().get(header_key(grid.name))
        if name is None:
            remarks.notices.append(_unknown_table(grid))
        elif grid.height:
            raw, layout = _raw(grid, name, remarks)
            raws.append(raw)
            layouts.append(layout)
    return Bundle(tuple(raws), tuple(layouts), tuple(remarks.errors), tuple(remarks.notices))


def _unknown_table(grid: Grid) -> RowError:
    words = type_words()
    near = difflib.get_close_matches(header_key(grid.name), words, n=1)
    message = Text(
        f"“{grid.name}”不是任何一类的名称，其中 {grid.height} 行没有导入。",
        f'"{grid.name}" is the name of no type; its {grid.height} rows were not imported.',
    )
    hint = Text(
        "如果是说明页，可以忽略；如果是数据，请按类型改名。",
        "Ignore this for a page of notes; rename it as a type if it is data.",
    )
    if near:
        title = type_named(words[near[0]]).title
        hint = Text(f"是不是“{title.zh}”（{words[near[0]]}）？{hint.zh}", f'Is it "{words[near[0]]}"? {hint.en}')
    return RowError(grid.file, grid.name, None, None, None, "unknown-table", message, hint)


def _raw(grid: Grid, name: str, remarks: _Remarks) -> tuple[Raw, Layout]:
    """The rows of one table, and its layout."""
    words = field_words(name)
    first = list(grid.frame.row(0))
    headers = {f"c{at}": Header(text, at + 1) for at, text in enumerate(first) if text}
    if any(header_key(header.text) in words for header in headers.values()):
        frame, rows = grid.frame.slice(1), grid.rows.slice(1)
        mapped = {c: words.get(header_key(header.text)) for c, header in headers.items()}
        texts, known = {c: header.text for c, header in headers.items()}, [c for c, one in mapped.items() if one]
        layout = Layout(grid, 0, 1, texts, about_persons(grid, texts, 1, known))
        errors, notices = beyond_header(grid, headers, frame, rows)
    else:
        table = find_table(grid, words)
        if table is None:
            raise _no_header(grid, name)
        frame, rows = table.frame, table.rows
        headers = {column.name: Header(column.header, column.index) for column in table.columns}
        forms = {column.name: column.forms for column in table.columns}
        mapped = {c: next((words[form] for form in forms[c] if form in words), None) for c in headers}
        layout = Layout.of_sheet(grid, table, [c for c, one in mapped.items() if one])
        errors = [error for error in table.errors if error not in grid.errors]
        notices = [notice for notice in table.notices if notice not in grid.notices]
        remarks.notices += _set_aside(grid, table.set_aside)
    remarks.errors += errors
    remarks.notices += notices
    fields = _chosen(layout, name, headers, mapped, remarks)
    whole = _data_rows(grid, name, frame, rows, fields, remarks)
    blank = pl.any_horizontal(pl.col(list(fields)).is_not_null())
    if frame[next(iter(fields))].null_count():
        whole = whole & frame.select(blank).to_series()
    if not whole.all():
        frame, rows = frame.filter(whole), rows.filter(whole)
    chosen = frame.select(pl.col(c).alias(one) for c, one in fields.items())
    return Raw(name, chosen, rows, grid.file, grid.name, {one: headers[c] for c, one in fields.items()}), layout


def _chosen(
    layout: Layout, name: str, headers: dict[str, Header], mapped: dict[str, str | None], remarks: _Remarks
) -> dict[str, str]:
    """Which columns are imported, as which field."""
    grid = layout.grid
    fields: dict[str, str] = {}
    for column, header in headers.items():
        meant = mapped[column]
        if meant is not None:
            twice = next((c for c, one in fields.items() if one == meant), None)
            if twice is not None:
                raise _two_columns(grid, headers[twice], header, meant)
            fields[column] = meant
        elif is_personal_header(header.text) or is_personal_column(grid.frame[column].slice(layout.top)):
            remarks.notices.append(skipped_notice(grid.file, grid.name, header.text))
        else:
            remarks.notices.append(_unknown_column(grid, name, header, grid.frame[column].slice(layout.top)))
    for one in _identifying(name):
        if one not in fields.values():
            raise _missing_column(grid, name, one)
    return fields


def _unknown_column(grid: Grid, name: str, header: Header, values: pl.Series) -> RowError:
    filled = len(values) - values.null_count()
    words = field_words(name)
    near = difflib.get_close_matches(header_key(header.text), words, n=1)
    hint = Text(
        "不需要的可以忽略；需要的请改用字段的名称。", "Ignore it if it is not needed; else rename it as a field."
    )
    if near:
        title = title_of(name, words[near[0]])
        hint = Text(f"是不是“{title.zh}”？{hint.zh}", f'Is it "{title.en}"? {hint.en}')
    message = Text(
        f"没有这个字段，{filled} 个单元格没有导入。",
        f"There is no such field; {filled} cells were not imported.",
    )
    cell = cell_name(1, header.index)[:-1] if header.index else None
    return RowError(grid.file, grid.name, None, header.text, None, "unknown-column", message, hint, cell)


def _data_rows(
    grid: Grid, name: str, frame: pl.DataFrame, rows: pl.Series, fields: dict[str, str], remarks: _Remarks
) -> pl.Series:
    """bool[n]: which rows are data and no template's example; what was typed beside the mark of one is refused."""
    marked = frame.select(pl.nth(0).str.starts_with(EXAMPLE).fill_null(value=False)).to_series()
    if not marked.any():
        return ~marked
    first, shown = frame.columns[0], samples(name)
    others = [(pl.col(c), shown[one]) for c, one in fields.items() if c != first]
    typed = [(cell.is_not_null() & (cell != sample) & ~cell.str.starts_with(EXAMPLE)) for cell, sample in others]
    is_data = marked & frame.select(pl.any_horizontal(pl.lit(value=False), *typed)).to_series()
    for row in rows.filter(is_data):
        remarks.errors.append(RowError(grid.file, grid.name, row, None, None, "example-mark", *MARK_LEFT))
    for row in rows.filter(marked & ~is_data):
        message = Text("这是模板的示例行，没有导入。", "This is the template's example row; it was not imported.")
        hint = Text("可以删去，也可以留着。", "Delete it or leave it.")
        remarks.notices.append(RowError(grid.file, grid.name, row, None, None, "example-row", message, hint))
    return ~marked | is_data


def _set_aside(grid: Grid, rows: pl.DataFrame) -> list[RowError]:
    """Notices of the rows that are no data: titles, totals, signatures, notes."""
    counted = rows.filter(~pl.col("reason").is_in(["header", "blank"])).group_by("reason", maintain_order=True)
    notices = []
    for reason, first, count in counted.agg(pl.col("row").first(), pl.len()).iter_rows():
        words = SET_ASIDE[reason]
        message = Text(
            f"{count} 行是{words.zh}，不是数据，没有导入。",
            f"{count} rows are no data ({words.en}) and were not imported.",
        )
        hint = Text("如果是数据，请检查该行。", "Look at the row if it is data.")
        notices.append(RowError(grid.file, grid.name, first, None, None, f"set-aside-{reason}", message, hint))
    return notices


def _no_header(grid: Grid, name: str) -> Exception:
    title = type_named(name).title
    return refused(
        grid.file,
        "no-header",
        Text(
            f"找不到表头：没有一行写着“{title.zh}”的字段。",
            f'No header was found: no row names fields of "{title.en}".',
        ),
        Text(
            "第一行应为字段名或标题，例如 id, name。",
            "The first row should hold names or titles of fields, such as id, name.",
        ),
        sheet=grid.name,
    )


def _missing_column(grid: Grid, name: str, one: str) -> Exception:
    title = title_of(name, one)
    return refused(
        grid.file,
        "missing-column",
        Text(
            f"缺少“{title.zh}”（{one}）列，无法知道每一行说的是谁。",
            f'The column "{one}" is missing, so no row says what it is about.',
        ),
        Text(
            "请补上这一列；也可以从 partygraph template 的空白工作簿开始。",
            "Add it, or start from the blank workbook of partygraph template.",
        ),
        sheet=grid.name,
    )


def _two_columns(grid: Grid, one: Header, other: Header, meant: str) -> Exception:
    return refused(
        grid.file,
        "same-field-twice",
        Text(
            f"“{one.text}”和“{other.text}”是同一个字段（{meant}）。",
            f'"{one.text}" and "{other.text}" are one field ({meant}).',
        ),
        Text("请只保留一列。", "Keep one of them."),
        sheet=grid.name,
        column=other.text,
    )
