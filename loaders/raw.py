"""What does a reader hand to the validator, and what does the validator hand back? Rows as text, and rows as judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from graphmodel.tables import conform, key_columns
from loaders.errors import RowError

_STOOD = {"file": pl.String, "sheet": pl.String, "row": pl.Int64}
PARTNERS = {"type": pl.String, **_STOOD, **{f"its_{name}": dtype for name, dtype in _STOOD.items()}}

Place = tuple[str, str]  # file, sheet


@dataclass(frozen=True, slots=True)
class Header:
    """Where a field stands in the file.

    Parameters: `text` the header as the file has it, groups first (`党员人数/合计`); `index` the column's place in the
    sheet from 1, None where the field comes from no single column.
    """

    text: str
    index: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Rows of one type as text, judged by nobody yet.

    Parameters: `name` the type's name (`Organization`, `COVERS`); `frame` String columns, each named as a field of the
    type, as `id`, or as one of an edge's ends (`source`, `target`, and where known `source_type`, `target_type`), blank
    being null; `rows` the source row of each row of the frame; `file` and `sheet` where they stood, as in their `Grid`;
    `headers` field → header, for messages (a field without one goes by its title);
    `elsewhere` field → the header under which it stood in some rows, and bool[n] in which;
    `retells` that several source rows tell of one node or edge by nature, as those of one joint branch do, so that
    saying the same is nothing to remark on.

    A field that has no column in `frame` is not stated by the file, which differs from a column with blank cells. One
    source row may give rows to several Raws of its file and sheet: they are accepted or rejected together.
    """

    name: str
    frame: pl.DataFrame
    rows: pl.Series
    file: str
    sheet: str
    headers: Mapping[str, Header] = field(default_factory=dict)
    retells: bool = False
    elsewhere: Mapping[str, tuple[Header, pl.Series]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """File and sheet: with the row number, what identifies a source row."""
        return self.file, self.sheet


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Accepted rows of one type from one sheet.

    Parameters: `name` the type; `frame` `id` or both ends with their types, and the fields that the sheet states, in the
    schema's types; `rows` the source row of each row; `file`, `sheet` where they stood;
    """

    name: str
    frame: pl.DataFrame
    rows: pl.Series
    file: str
    sheet: str


@dataclass(frozen=True, eq=False)
class Checked:
    """What the validator found. In every sheet, rows read = rows accepted + rows rejected.

    Parameters: `parts` the accepted rows, keys unique over all parts of a type; `errors` the first errors in the order
    of files, sheets and rows; `error_counts` how many there are by code, those beyond `errors` included; `notices` what
    was skipped, collapsed or understood in part; `sheets` one row a sheet: `file`, `sheet`, `read`, `accepted`,
    `rejected` in source rows; `rejected` every rejected source row: `file`, `sheet`, `row`; `partners` rows of another sheet
    that tell of the same: `type`, `file`, `sheet`, `row`, and `its_file`, `its_sheet`, `its_row`.
    """

    parts: tuple[Part, ...]
    errors: tuple[RowError, ...]
    error_counts: Mapping[str, int]
    notices: tuple[RowError, ...]
    sheets: pl.DataFrame
    rejected: pl.DataFrame
    partners: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARTNERS))

    @property
    def read(self) -> int:
        """How many source rows were read."""
        return int(self.sheets["read"].sum())

    @property
    def accepted(self) -> int:
        """How many source rows were accepted."""
        return int(self.sheets["accepted"].sum())

    def of_file(self, file: str) -> Checked:
        """The same for what stands in one file; errors that are counted and not worded stay, as nothing tells their file."""
        errors = tuple(error for error in self.errors if error.file == file)
        counts = Counter(self.error_counts)
        counts.subtract(error.code for error in self.errors if error.file != file)
        here = pl.col("file") == file
        return replace(
            self,
            parts=tuple(part for part in self.parts if part.file == file),
            errors=errors,
            error_counts=dict(+counts),
            notices=tuple(notice for notice in self.notices if notice.file == file),
            sheets=self.sheets.filter(here),
            rejected=self.rejected.filter(here),
        )

    @cached_property
    def origins(self) -> dict[str, pl.DataFrame]:
        """Where each accepted row stood, and its partners: by type, its key columns and `file`, `sheet`, `row`."""
        by_name: dict[str, list[pl.DataFrame]] = {}
        for part in self.parts:
            keys = conform(part.name, part.frame).select(key_columns(part.name))
            place = (
                pl.lit(part.file).alias("file"),
                pl.lit(part.sheet).alias("sheet"),
                part.rows.cast(pl.Int64).alias("row"),
            )
            stood = keys.with_columns(*place)
            its = self.partners.filter(pl.col("type") == part.name).drop("type")
            beside = stood.join(its, on=list(_STOOD), how="inner", maintain_order="left") if its.height else None
            by_name.setdefault(part.name, []).append(stood)
            if beside is not None:
                by_name[part.name].append(beside.select(*keys.columns, *(pl.col(f"its_{n}").alias(n) for n in _STOOD)))
        return {name: pl.concat(frames) for name, frames in by_name.items()}

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The accepted rows by type, with exactly the columns of the type; `sources` is unknown until they are imported."""
        by_name: dict[str, list[pl.DataFrame]] = {}
        for part in self.parts:
            by_name.setdefault(part.name, []).append(conform(part.name, part.frame))
        return {name: frames[0] if len(frames) == 1 else pl.concat(frames) for name, frames in by_name.items()}
