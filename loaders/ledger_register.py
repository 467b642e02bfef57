"""Which row of the second sheet belongs to which row of the ledger? By code or number, else by name."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.codes import normalise_codes
from graphmodel.identity import normalised_name
from graphmodel.text import Text
from loaders.errors import RowError, cell_name
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
    again = _again(theirs)
    theirs = theirs.join(again, on="@other", how="anti", maintain_order="left")
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
    _remark_twice(joined.join(by_name, on="@at", how="semi"), remarks)
    for column in (c for c in _BOTH if f"@register_{c}" in joined.columns):
        own = [pl.col(column)] if column in rows.columns else []
        joined = joined.with_columns(pl.coalesce(pl.col(f"@register_{column}"), *own).alias(column))
    paired = joined.drop_nulls("@other").select("@at", "@register", "@register_row")
    errors = [error for table in registers for error in table.sheet.errors]
    return joined, paired, [*errors, *_left_over(known, pairs, again, registers)]


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


def _again(theirs: pl.DataFrame) -> pl.DataFrame:
    """Rows of the second sheets that have the code or number of an earlier one: `@other`, the `column`, and the `first`.

    A number is no repeat where the codes beside it differ.
    """
    credit, number = _CODES
    same_code = pl.col(credit).is_null() | (pl.col(credit) == pl.col(credit).drop_nulls().first().over(number))
    found = [
        theirs.drop_nulls(column)
        .filter(same_code if column == number else pl.lit(value=True))
        .select("@other", pl.lit(column).alias("column"), pl.col("@other").min().over(column).alias("first"))
        for column in (credit, number)
    ]
    repeats = pl.concat(found).filter(pl.col("first") < pl.col("@other"))
    return repeats.unique("@other", keep="first", maintain_order=True)


def _by_name(mine: pl.DataFrame, theirs: pl.DataFrame, taken: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Pairs by name among the rest, where not both have a code; and `@at` of rows whose name leaves a doubt.

    Rows of the ledger that have one name and the same code or none mean the one row of that name in the second sheet.
    """
    coded = pl.any_horizontal(pl.col(c).is_not_null() for c in _CODES)
    left = mine.join(taken, on="@at", how="anti").drop_nulls("name")
    right = theirs.join(taken, on="@other", how="anti").drop_nulls("name").with_columns(coded=coded)
    found = left.join(right, on="name", how="inner", maintain_order="left")
    found = found.filter(pl.col("code").is_null() | ~pl.col("coded"))
    one = (pl.col("@other").n_unique().over("name") == 1) & (pl.col("code").n_unique().over("name") == 1)
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


def _remark_twice(paired: pl.DataFrame, remarks: Remarks) -> None:
    """Reject the rows of the ledger that mean one row of the second sheet by their name, each naming the others."""
    twice = paired.filter(pl.len().over("@other") > 1)
    for _, rows in twice.group_by("@other", maintain_order=True):
        places = [(remarks.ledgers[table].sheet.name, row) for table, row in rows.select("@table", "@row").iter_rows()]
        (first, at), *others = places
        zh = "、".join(f"“{sheet}”第 {row} 行" if sheet != first else f"第 {row} 行" for sheet, row in others)
        en = ", ".join(f'row {row} of "{sheet}"' if sheet != first else f"row {row}" for sheet, row in others)
        remarks.reject(
            rows,
            "name",
            "repeated-in-ledger",
            Text(f"{zh}与第 {at} 行重复：是同一个社会组织。", f"It stands twice: {en} repeats row {at}."),
            Text(
                "请只保留一行，删去其余；不是同一个的，请在两张表里都填代码或登记证号。",
                "Keep one row and delete the rest; if they are not one, enter codes or numbers in both sheets.",
            ),
        )


def _left_over(
    known: pl.DataFrame, pairs: pl.DataFrame, again: pl.DataFrame, registers: Sequence[Table]
) -> list[RowError]:
    """An error for each row of the second sheet that belongs to no row of the ledger, or repeats an earlier one."""
    rest = known.join(pairs, on="@other", how="anti").join(again, on="@other", how="left", maintain_order="left")
    firsts = known.select(first="@other", first_register="@register", first_row="@register_row")
    rest = rest.join(firsts, on="first", how="left", maintain_order="left")
    errors = []
    for said in rest.iter_rows(named=True):
        sheet, row, key = registers[said["@register"]].sheet, said["@register_row"], said["column"] or "name"
        header = registers[said["@register"]].header(key)
        place = (header.text, cell_name(row, header.index)) if header and header.index else (None, None)
        code, message, hint = _ALONE
        if said["column"]:
            first = registers[said["first_register"]].sheet
            same = (first.file, first.name) == (sheet.file, sheet.name)
            code, message, hint = _TWICE
            zh, en = ("", "") if same else (f" {first.name} ", f" of {first.name}")
            message = Text(
                message.zh.format(row=row, first=said["first_row"], place=zh),
                message.en.format(row=row, first=said["first_row"], place=en),
            )
        errors.append(RowError(sheet.file, sheet.name, row, place[0], said[key], code, message, hint, place[1]))
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
    Text("第 {row} 行与{place}第 {first} 行重复：代码相同。", "Row {row} repeats row {first}{place}: the same code."),
    Text(
        "请只保留一行，删去其余；不是同一个的，请更正代码。",
        "Keep one row and delete the rest; if they are not one, correct the code.",
    ),
)
