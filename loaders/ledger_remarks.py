"""Which rows of a ledger are rejected while it is mapped, and what is remarked on the others?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from graphmodel.text import Text
from loaders.errors import RowError, cell_name
from loaders.faults import Problem
from loaders.ledger_mapping import LedgerMapping
from loaders.ledger_sheets import Table
from loaders.personal import personal_cells
from loaders.raw import Header

_MOST_NAMES = 50
_CHECK = Text("请核对。", "Please check.")


def borrowed(sheet: str, header: str) -> str:
    """How a column of the second sheet is called among those of the ledger, until its place is known again."""
    return f"〔{sheet}〕{header}"


class Remarks:
    """Errors and notices of one ledger, in the places of its own rows.

    Parameters: `ledgers` the ledger's own sheets, by the number that `@table` has.
    """

    def __init__(self, ledgers: Sequence[Table], mapping: LedgerMapping) -> None:
        self.ledgers, self.mapping = ledgers, mapping
        self.errors: list[RowError] = []
        self.notices: list[RowError] = []
        self._rejected: list[pl.Series] = []
        self._borrowed = {
            column.key: borrowed(mapping.names["register"], column.header)
            for column in (mapping.of("register") if "register" in mapping.names else ())
        }

        self._called = {column.key: column.header for column in mapping.of("ledger")}

    @property
    def borrowed_columns(self) -> dict[str, str]:
        """What the second sheet's columns are called among the ledger's → their key."""
        return {header: key for key, header in self._borrowed.items()}

    @property
    def rejected(self) -> pl.Series:
        """`@at` of every row that is rejected so far."""
        return pl.concat([pl.Series([], dtype=pl.UInt32), *self._rejected]).unique()

    def header(self, table: int, key: str) -> Header:
        """Under which header stands what is called `key`, in the ledger's sheet or in the second one, or would it?"""
        return self.ledgers[table].header(key) or Header(self._borrowed.get(key, self._called.get(key, key)))

    def reject(
        self,
        rows: pl.DataFrame,
        key: str,
        code: str,
        message: Text,
        hint: Text | Mapping[str, Text],
        otherwise: Text = _CHECK,
        *,
        secret: bool = False,
    ) -> None:
        """Reject these rows of the working frame for what stands under `key`.

        Parameters: `hint` for all, or by the value, with `otherwise` for the rest; `secret` values are not shown.
        """
        if not rows.height:
            return
        self._rejected.append(rows["@at"])
        known = key in rows.columns and rows[key].dtype == pl.String and not secret
        values = rows[key] if known else pl.Series([None] * rows.height, dtype=pl.String)
        hidden = personal_cells(values)
        shown = values.set(hidden, None) if hidden.any() else values
        for table, row, value in zip(rows["@table"], rows["@row"], shown, strict=True):
            header = self.header(table, key)
            told = hint if isinstance(hint, Text) else hint.get(value or "", otherwise)
            sheet = self.ledgers[table].sheet
            cell = cell_name(row, header.index) if header.index else None
            self.errors.append(RowError(sheet.file, sheet.name, row, header.text, value, code, message, told, cell))

    def problems(self, rows: pl.DataFrame, key: str, problems: Iterable[Problem]) -> None:
        """Reject the rows that a reading of the column `key` finds wrong."""
        for problem in problems:
            if problem.wrong.any():
                at = problem.wrong.arg_true()
                wrong = rows[at]
                if problem.explain is None:
                    self.reject(wrong, key, problem.code, problem.message, problem.hint)
                    continue
                first = wrong[key].is_first_distinct()
                told = problem.explain(at.filter(first))
                hints = dict(zip(wrong[key].filter(first), (hint for _, hint in told), strict=True))
                self.reject(wrong, key, problem.code, problem.message, hints, problem.hint)

    def notice(self, rows: pl.DataFrame, key: str | None, code: str, message: Text, hint: Text) -> None:
        """Say once for each sheet what is so in these rows."""
        for (table,), part in rows.group_by("@table", maintain_order=True):
            assert isinstance(table, int)
            sheet, first = self.ledgers[table].sheet, part["@row"][0]
            more = Text(f"共 {part.height} 行，此为第一处：", f"In {part.height} rows, this one first: ")
            text = Text(more.zh + message.zh, more.en + message.en)
            header = self.header(table, key) if key else Header("")
            self.notices.append(RowError(sheet.file, sheet.name, first, header.text or None, None, code, text, hint))

    def notice_by_value(
        self, rows: pl.DataFrame, key: str, code: str, message: Text, hints: Mapping[str, Text], otherwise: Text
    ) -> None:
        """Say once for each value under `key` what is so in its rows; after fifty values, for all the rest together."""
        values = rows.group_by(key, maintain_order=True).agg(pl.len().alias("rows"))[key]
        for value in values.head(_MOST_NAMES):
            named = Text(f"“{value}”{message.zh}", f'"{value}" {message.en}')
            hidden = bool(personal_cells(pl.Series([value])).item())
            self.notice(
                rows.filter(pl.col(key) == value), key, code, message if hidden else named, hints.get(value, otherwise)
            )
        rest = rows.filter(~pl.col(key).is_in(values.head(_MOST_NAMES).implode()))
        if rest.height:
            self.notice(rest, key, code, message, otherwise)
