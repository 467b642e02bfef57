"""Which row of the second sheet belongs to which row of the ledger? By code or number, else by name."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.codes import normalise_codes
from graphmodel.identity import normalised_name
from graphmodel.text import Text
from loaders.errors import RowError
from loaders.ledger_remarks import Remarks
from loaders.ledger_sheets import Table

_CODES = ("Organization.credit_code", "Organization.registration_number")
_BOTH = ("street", "community")  # read from either sheet, the second one first


def join_register(
    rows: pl.DataFrame, registers: Sequence[Table], remarks: Remarks
) -> tuple[pl.DataFrame, pl.DataFrame, list[RowError]]:
    """The ledger's rows with what the second sheet says of each.

    Parameters: `rows` the working frame with `@at`, `@table`, `@row`; `registers` the second sheets, none being fine.
    Returns the rows with the second sheet's columns, `@code` (codes and numbers as they are compared) and `@key` (names
    likewise); `@at`, `@register`, `@register_row` of each pair; and the errors of rows of the second sheet that belong
    to no row of the ledger, or cannot be read. A row of the ledger that the second sheet lacks is rejected. Cost: two joins.
    """
    empty = pl.DataFrame(schema={"@at": pl.UInt32, "@register": pl.UInt32, "@register_row": pl.Int64})
    rows = rows.with_columns(_code(rows, "code").alias("@code"), normalised_name(pl.col("name")).alias("@key"))
    if not registers:
        return rows, empty, []
    known = pl.concat([table.read(number) for number, table in enumerate(registers)], how="diagonal")
    known = known.rename({"@table": "@register", "@row": "@register_row"})
    unusable = _unusable(registers)
    known = known.join(unusable, on=unusable.columns, how="anti", maintain_order="left").with_row_index("@other")
    mine = rows.select("@at", code="@code", name="@key")
    theirs = known.select("@other", normalised_name(pl.col("name")), *_codes_of(known))
    by_code = _by_code(mine, theirs)
    by_name, doubtful = _by_name(mine, theirs, by_code)
    pairs = pl.concat([by_code, by_name])
    told = known.select(
        "@other", "@register", "@register_row", pl.col("name").alias("@register_name"),
        *(pl.col(c).alias(f"@register_{c}") for c in _BOTH if c in known.columns),
        *(c for c in known.columns if not c.startswith("@") and c not in ("name", *_BOTH)),
    )  # fmt: skip
    joined = rows.join(pairs, on="@at", how="left", maintain_order="left").join(
        told, on="@other", how="left", maintain_order="left"
    )
    _remark(joined, doubtful, remarks)
    for column in (c for c in _BOTH if f"@register_{c}" in joined.columns):
        own = [pl.col(column)] if column in rows.columns else []
        joined = joined.with_columns(pl.coalesce(pl.col(f"@register_{column}"), *own).alias(column))
    paired = joined.drop_nulls("@other").select("@at", "@register", "@register_row")
    errors = [error for table in registers for error in table.sheet.errors]
    return joined, paired, [*errors, *_left_over(known, theirs, pairs, registers)]


def _unusable(registers: Sequence[Table]) -> pl.DataFrame:
    """The rows of the second sheets that cannot be read, as `@register` and `@register_row`: they belong to nobody."""
    places = [(number, error.row) for number, table in enumerate(registers) for error in table.sheet.errors]
    return pl.DataFrame(places, schema={"@register": pl.UInt32, "@register_row": pl.Int64}, orient="row")


def _code(rows: pl.DataFrame, column: str) -> pl.Expr:
    return normalise_codes(pl.col(column)) if column in rows.columns else pl.lit(None, pl.String)


def _codes_of(known: pl.DataFrame) -> list[pl.Expr]:
    return [_code(known, column).alias(column) for column in _CODES]


def _by_code(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    codes = theirs.unpivot(list(_CODES), index="@other", value_name="code").drop_nulls("code")
    codes = codes.sort("@other").unique("code", keep="first", maintain_order=True)
    found = mine.drop_nulls("code").join(codes, on="code", how="inner", maintain_order="left")
    return found.select("@at", "@other")


def _by_name(mine: pl.DataFrame, theirs: pl.DataFrame, taken: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Pairs by name among the rest, where not both have a code; and `@at` of rows whose name leaves a doubt."""
    coded = pl.any_horizontal(pl.col(c).is_not_null() for c in _CODES)
    left = mine.join(taken, on="@at", how="anti").drop_nulls("name")
    right = theirs.join(taken, on="@other", how="anti").drop_nulls("name").with_columns(coded=coded)
    found = left.join(right, on="name", how="inner", maintain_order="left")
    found = found.filter(pl.col("code").is_null() | ~pl.col("coded"))
    one = (pl.len().over("@at") == 1) & (pl.len().over("@other") == 1)
    doubtful = found.filter(~one)["@at"].unique()
    return found.filter(one).select("@at", "@other"), doubtful


def _remark(joined: pl.DataFrame, doubtful: pl.Series, remarks: Remarks) -> None:
    sheet = remarks.mapping.names["register"]
    alone = joined.filter(pl.col("@other").is_null())
    unclear = pl.col("@at").is_in(doubtful.implode())
    remarks.reject(
        alone.filter(unclear),
        "name",
        "ambiguous-name",
        Text(
            f"同名的不止一行，分不清对应“{sheet}”的哪一行。",
            f'Several rows have this name: which row of "{sheet}" is it?',
        ),
        Text(
            "请在两张表里都填上统一社会信用代码或登记证号。",
            "Enter the credit code or registration number in both sheets.",
        ),
    )
    remarks.reject(
        alone.filter(~unclear & pl.col("name").is_not_null()),
        "name",
        "only-in-ledger",
        Text(f"“{sheet}”里没有这个社会组织。", f'"{sheet}" has no such organisation.'),
        Text(
            f"请在“{sheet}”补一行；已有的，请核对两张表的代码和名称是否一致。",
            f'Add a row to "{sheet}", or make codes and names alike in both sheets.',
        ),
    )
    spelled = joined.filter(pl.col("name") != pl.col("@register_name"))
    differing = spelled.filter(pl.col("@key") != normalised_name(pl.col("@register_name")))
    remarks.notice(
        differing,
        "name",
        "name-differs",
        Text("两张表里的名称不同，代码相同，按台账的名称记录。", "The sheets differ on the name, not on the code; the ledger's name is taken."),
        Text("请核对名称。", "Check the name."),
    )  # fmt: skip


def _left_over(
    known: pl.DataFrame, theirs: pl.DataFrame, pairs: pl.DataFrame, registers: Sequence[Table]
) -> list[RowError]:
    """An error for each row of the second sheet that belongs to no row of the ledger, or to one that has its own."""
    rest = known.join(pairs, on="@other", how="anti")
    if not rest.height:
        return []
    paired = theirs.join(pairs, on="@other", how="semi")
    codes = pl.concat([paired[column] for column in _CODES]).drop_nulls()
    again = theirs.filter(pl.any_horizontal(pl.col(column).is_in(codes.implode()) for column in _CODES))["@other"]
    errors = []
    marked = rest.with_columns(again=pl.col("@other").is_in(again.implode()))
    for number, row, name, is_again in marked.select("@register", "@register_row", "name", "again").iter_rows():
        sheet, header = registers[number].sheet, registers[number].header("name")
        code, message, hint = _TWICE if is_again else _ALONE
        column = header.text if header else None
        errors.append(RowError(sheet.file, sheet.name, row, column, name, code, message, hint))
    return errors


_ALONE = (
    "only-in-register",
    Text("台账里没有这个社会组织。", "The ledger has no such organisation."),
    Text(
        "请在台账补一行；已有的，请核对两张表的代码和名称。", "Add a row to the ledger, or make codes and names alike."
    ),
)
_TWICE = (
    "repeated-in-register",
    Text("这个代码在前面的行里已经有了。", "A row before has this code already."),
    Text("请只保留一行。", "Keep one of them."),
)
