"""What does a ledger say in the model's terms? The staff's one-sheet workbook as rows for the one validator."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

from graphmodel.network import Network
from graphmodel.tables import Tables
from graphmodel.text import Text
from loaders.bundle import is_bundle
from loaders.errors import RowError, cell_name
from loaders.files import read_files
from loaders.grid import Grid, Limits
from loaders.layout import Layout
from loaders.ledger_branches import PartyNames, add_branch
from loaders.ledger_facts import FOUNDED_ON, PLANNED_ON, add_party_facts
from loaders.ledger_identity import KnownOrganizations, add_id
from loaders.ledger_mapping import LedgerMapping
from loaders.ledger_mapping_file import default_mapping
from loaders.ledger_places import REGISTRATION, TRACK, Places, add_authority, add_identity, add_place
from loaders.ledger_register import join_register
from loaders.ledger_remarks import Remarks
from loaders.ledger_rows import PLACE, raws_of
from loaders.ledger_sheets import Table, find_tables, is_ledger, is_register, lists_organizations
from loaders.names import Directory, stated
from loaders.personal import personal_cells
from loaders.raw import PARTNERS, Checked, Raw
from loaders.template import MARK_LEFT
from loaders.validate import check

PARTNER = "partner-rejected"
_NEEDED = (
    "name", "code", "authority", "address", "street", "community", "joint-name", "superior", "post",
    "Organization.credit_code", "Organization.registration_number", TRACK, REGISTRATION,
    FOUNDED_ON, PLANNED_ON,
)  # fmt: skip
_DITTO = r"^[(（]?\s*(?:同\s*[上前左]|(?i:ditto))\s*[)）]?[。.]?$|^[〃″”\"]+$"
_SHOWN = ("name", "code", "authority", "street", "community", "joint-name", "superior", "post")
Source = Literal["ledger", "bundle"]


@dataclass(frozen=True, eq=False)
class Ledger:
    """A ledger in the model's terms.

    Parameters: `raws` rows of Organization, PartyOrganization and their relations, in the places of the ledger's sheet;
    `errors` rows that could not be mapped (they are rejected by `check`), `notices` what a person should know;
    `tables` its sheets, `pairs` which row of the second sheet belongs to which of the first: `file`, `sheet`, `row`,
    `register` (a number in `registers`), `register_row`; `left_over` errors of rows of the second sheet alone.
    """

    raws: tuple[Raw, ...]
    errors: tuple[RowError, ...]
    notices: tuple[RowError, ...]
    left_over: tuple[RowError, ...]
    tables: tuple[Table, ...]
    pairs: pl.DataFrame
    borrowed: dict[str, str]

    @property
    def registers(self) -> tuple[Table, ...]:
        """The second sheets."""
        return tuple(table for table in self.tables if table.kind == "register")

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """How its sheets go back to their user."""
        return tuple(table.layout for table in self.tables)

    @property
    def read(self) -> int:
        """How many rows of data its sheets have."""
        return sum(table.sheet.frame.height for table in self.tables)

    def check(
        self, existing: Network | Tables | None = None, also: Sequence[Raw] = (), day: dt.date | None = None
    ) -> Checked:
        """Which of its rows may be stored? See `loaders.validate.check`; errors stand where the user has them.

        Parameters: `also` rows of a bundle that are imported with it; `day` the day that the data speaks of.
        """
        checked = check([*also, *self.raws], existing, errors=self.errors, notices=self.notices, day=day)
        checked = self._as_the_user_has_it(checked)
        told = list(
            dict.fromkeys(map(self._shown, checked.errors))
        )  # two rows of a ledger may have one of the second sheet
        counts = Counter(checked.error_counts)
        counts.subtract(error.code for error in checked.errors)
        counts.update(error.code for error in told)
        return replace(checked, errors=tuple(_by_place(told, checked)), error_counts=dict(+counts))

    def _shown(self, error: RowError) -> RowError:
        """The error with what stands in the cell, where the value is an id that was made of it."""
        kind, _, cell = (error.value or "").partition(":")
        is_mine = any((error.file, error.sheet) == (table.sheet.file, table.sheet.name) for table in self.tables)
        return replace(error, value=cell) if is_mine and kind in ("usc", "reg") and cell else error

    def _as_the_user_has_it(self, checked: Checked) -> Checked:
        """Remarks about the second sheet, and the account of its rows, in its own places."""
        if not self.registers:
            return checked
        places = pl.DataFrame(
            [(number, table.sheet.file, table.sheet.name) for number, table in enumerate(self.registers)],
            schema={"register": pl.UInt32, "file2": pl.String, "sheet2": pl.String}, orient="row",
        )  # fmt: skip
        lost = checked.rejected.join(self.pairs, on=["file", "sheet", "row"], how="inner").join(places, on="register")
        own = pl.DataFrame(
            [(error.file, error.sheet, error.row) for error in self.left_over],
            schema={"file": pl.String, "sheet": pl.String, "row": pl.Int64}, orient="row",
        )  # fmt: skip
        rejected = pl.concat([lost.select(file="file2", sheet="sheet2", row="register_row"), own]).unique(
            maintain_order=True
        )
        counts: list[tuple[str, str, int, int, int]] = []
        for table in self.registers:
            read = table.sheet.frame.height
            here = (pl.col("file") == table.sheet.file) & (pl.col("sheet") == table.sheet.name)
            bad = rejected.filter(here).height
            paired = self.pairs.filter(pl.col("register") == len(counts))[
                "register_row"
            ].n_unique()  # two rows may share it
            assert read == paired + sum(
                e.file == table.sheet.file and e.sheet == table.sheet.name for e in self.left_over
            )
            counts.append((table.sheet.file, table.sheet.name, read, read - bad, bad))
        errors = [self._moved(error) for error in (*checked.errors, *self.left_over)]
        partners = _partners(errors, self.pairs.join(places, on="register"), checked.rejected)
        return replace(
            checked,
            errors=(*errors, *partners),
            error_counts=_counted(checked, (*self.left_over, *partners)),
            notices=tuple(self._moved(notice) for notice in checked.notices),
            sheets=pl.concat([checked.sheets, pl.DataFrame(counts, schema=checked.sheets.schema, orient="row")]),
            rejected=pl.concat([checked.rejected, rejected.cast(checked.rejected.schema)]),
            partners=self._beside(self.pairs.join(places, on="register")),
        )

    def _beside(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """The rows of the second sheet as partners of what they tell of: the organisation, and its place where it has one."""
        its = {"its_file": "file2", "its_sheet": "sheet2", "its_row": "register_row"}
        at = {"register": pl.UInt32, "@row": pl.Int64}
        placed = [pl.DataFrame(schema=at)]
        for number, table in enumerate(self.registers):
            if keys := [key for key in PLACE if key in table.columns]:
                rows = table.read(number).filter(pl.any_horizontal(pl.col(keys).is_not_null()))
                placed.append(rows.select(pl.lit(number, pl.UInt32).alias("register"), "@row"))
        located = pairs.join(pl.concat(placed), left_on=["register", "register_row"], right_on=list(at), how="semi")
        told = [
            rows.select(pl.lit(name).alias("type"), "file", "sheet", "row", **its)
            for name, rows in (("Organization", pairs), ("LOCATED_IN", located))
        ]
        return pl.concat(told).cast(PARTNERS)  # type: ignore[arg-type]

    def _moved(self, remark: RowError) -> RowError:
        """The remark, where it is about a column of the second sheet, in that sheet."""
        key = self.borrowed.get(remark.column or "")
        if key is None:
            return remark
        register, row = 0, None
        if remark.row is not None:
            here = (pl.col("file") == remark.file) & (pl.col("sheet") == remark.sheet) & (pl.col("row") == remark.row)
            pair = self.pairs.filter(here)
            if not pair.height:
                return remark
            register, row = pair.item(0, "register"), pair.item(0, "register_row")
        table = self.registers[register]
        header = table.header(key)
        if header is None:
            return remark
        cell = cell_name(row, header.index) if row and header.index else None
        return replace(remark, file=table.sheet.file, sheet=table.sheet.name, row=row, column=header.text, cell=cell)


def _by_place(errors: Sequence[RowError], checked: Checked) -> list[RowError]:
    """Sheet by sheet and row by row, as whoever mends them goes; after them the rows that are good but for their partner."""
    order = {place: number for number, place in enumerate(checked.sheets.select("file", "sheet").rows())}
    last = len(order)
    return sorted(errors, key=lambda e: (e.code == PARTNER, order.get((e.file, e.sheet), last), e.row or 0))


def _partners(errors: Sequence[RowError], pairs: pl.DataFrame, rejected: pl.DataFrame) -> list[RowError]:
    """Why a row is rejected of which nothing is wrong itself: the row of the other sheet that it belongs to has an error."""
    one, other = ["file", "sheet", "row"], ["file2", "sheet2", "register_row"]
    told = pl.DataFrame(
        [(error.file, error.sheet, error.row) for error in errors if error.row is not None],
        schema={"file": pl.String, "sheet": pl.String, "row": pl.Int64}, orient="row",
    ).unique()  # fmt: skip
    lost = pairs.join(rejected, on=one, how="semi")
    made: list[RowError] = []
    for mine, theirs in ((one, other), (other, one)):
        without = lost.join(told, left_on=mine, right_on=one, how="anti").join(
            told, left_on=theirs, right_on=one, how="semi"
        )
        for file, sheet, row, _, its_sheet, its_row in without.select(*mine, *theirs).unique(mine).sort(mine).rows():
            message = Text(
                f"它所属的“{its_sheet}”第 {its_row} 行没有通过检查。",
                f'It belongs to row {its_row} of "{its_sheet}", which was rejected.',
            )
            hint = Text("请先更正那一行。", "Correct that row first.")
            made.append(RowError(file, sheet, row, None, None, PARTNER, message, hint))
    return made


def _counted(checked: Checked, more: Sequence[RowError]) -> dict[str, int]:
    counts = dict(checked.error_counts)
    for error in more:
        counts[error.code] = counts.get(error.code, 0) + 1
    return counts


def sniff(grids: Sequence[Grid], mapping: LedgerMapping | None = None) -> Source:
    """Are these the sheets of a ledger, be it its second sheet alone, or of a bundle?

    A ledger has columns that no table of the schema has, or lists organisations and is no bundle by its names and ids.
    """
    mapping = mapping or default_mapping()
    if is_ledger(grids, mapping):
        return "ledger"
    lists = is_register(grids, mapping) or lists_organizations(grids, mapping)
    return "ledger" if lists and not is_bundle(grids) else "bundle"


def read_ledger_files(
    paths: Sequence[Path],
    mapping: LedgerMapping | None = None,
    existing: Network | Tables | None = None,
    also: Sequence[Raw] = (),
    limits: Limits | None = None,
) -> Ledger:
    """What do these files say? See `read_ledger`. Errors: `FileRefused` for a file that is no readable table."""
    grids = [grid for read in read_files(paths, limits).values() for grid in read]
    return read_ledger(grids, mapping, existing, also)


def read_ledger(
    grids: Sequence[Grid],
    mapping: LedgerMapping | None = None,
    existing: Network | Tables | None = None,
    also: Sequence[Raw] = (),
) -> Ledger:
    """What do these sheets say in the model's terms?

    Parameters: `mapping` what each column says, by default the staff's ledger; `existing` the network, and `also` the
    rows of a bundle imported with it, whose authorities, streets, communities, Party organisations and posts may be
    named. Nothing is guessed: a name that is not known is an error with the likeliest one (the superior: a notice,
    DESIGN, settled point 4). The names of instructors are not read, save whether they are filled in; as there is no
    post to tell of, only `has_instructor` is stored, and a notice says in how many rows.
    Errors: `FileRefused` where no sheet is a ledger. Cost: linear; array operations but for rows with errors.
    """
    mapping = mapping or default_mapping()
    tables, notices = find_tables(grids, mapping)
    ledgers, registers = ([t for t in tables if t.kind == kind] for kind in ("ledger", "register"))
    remarks = Remarks(ledgers, mapping)
    rows = pl.concat([table.read(number) for number, table in enumerate(ledgers)], how="diagonal").with_row_index("@at")
    rows, pairs, left_over = join_register(rows, registers, remarks)
    rows = _complete(rows)
    rows = _without_ditto(_without_personal(rows, remarks), remarks)
    for number, table in enumerate(ledgers):
        here = (pl.col("@table") == number) & pl.col("@row").is_in(sorted(table.marked))
        remarks.reject(rows.filter(here), "name", "example-mark", *MARK_LEFT)
    places = Places(existing, also)
    rows = add_place(add_identity(rows, remarks), places, remarks)
    rows = add_id(rows, KnownOrganizations(existing, also), remarks)
    rows = add_authority(rows, places, remarks)
    rows = add_branch(add_party_facts(rows, remarks), PartyNames(existing, also), remarks)
    rows = _posts(rows, existing, also, remarks)
    where = pl.DataFrame(
        [(number, table.sheet.file, table.sheet.name) for number, table in enumerate(ledgers)],
        schema={"@table": pl.UInt32, "file": pl.String, "sheet": pl.String}, orient="row",
    )  # fmt: skip
    placed = pairs.join(rows.select("@at", "@table", "@row"), on="@at").join(where, on="@table")
    errors = [*(error for table in ledgers for error in table.sheet.errors), *remarks.errors]
    also_read = {key for table in registers for key in table.columns}
    return Ledger(
        tuple(raw for number in range(len(ledgers)) for raw in raws_of(rows, number, also_read, remarks)),
        tuple(errors),
        (*notices, *(notice for table in tables for notice in table.notices), *remarks.notices),
        tuple(left_over),
        tuple(tables),
        placed.select("file", "sheet", row="@row", register="@register", register_row="@register_row"),
        remarks.borrowed_columns,
    )


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every column that a rule asks for."""
    missing = [pl.lit(None, pl.String).alias(key) for key in _NEEDED if key not in rows.columns]
    return rows.with_columns(missing)


def _without_personal(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """Refuses cells with personal data in columns that identify; they go no further."""
    for key in _SHOWN:
        cells = personal_cells(rows[key])
        if cells.any():
            remarks.reject(
                rows.filter(cells), key, "personal-data",
                Text("看起来是个人信息（证件号、手机号或邮箱）。", "It looks like personal data: an ID, mobile number or e-mail."),
                Text("请从这个单元格里删去；系统不记录个人信息。", "Remove it from the cell; personal data is never stored."),
            )  # fmt: skip
            rows = rows.with_columns(rows[key].set(cells, "…" if key == "name" else None))
            if key == "code":
                rows = rows.with_columns(rows["@code"].set(cells, None))
    return rows


def _without_ditto(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """Refuses cells that point at the row above: of which row that was, nobody can tell once a ledger is sorted or filtered."""
    for key in (name for name, dtype in rows.schema.items() if dtype == pl.String and not name.startswith("@")):
        ditto = rows[key].str.contains(_DITTO).fill_null(value=False)
        if ditto.any():
            remarks.reject(
                rows.filter(ditto), key, "ditto",
                Text("“同上”不是内容：排序、筛选以后就不知道指哪一行了。",
                     "It points at another row; once the ledger is sorted or filtered, nobody can tell which."),
                Text("请填写完整的内容。", "Write it out."),
            )  # fmt: skip
            rows = rows.with_columns(rows[key].set(ditto, "…" if key == "name" else None))
    return rows


def _posts(
    rows: pl.DataFrame, existing: Network | Tables | None, also: Sequence[Raw], remarks: Remarks
) -> pl.DataFrame:
    """The rows with `post_id`; names of persons were not read, so a row with a name alone gives no post."""
    posts = Directory(stated("InstructorPost", ("id", "name", "aliases"), existing, also).with_columns(aliases="id"))
    found = posts.find(rows["post"])
    rows = rows.with_columns(found["id"].alias("post_id"))
    lost = rows.filter(pl.col("post").is_not_null() & pl.col("post_id").is_null())
    remarks.reject(
        lost, "post", "unknown-post",
        Text("没有这个编号的指导员岗位（或不止一个）。", "No instructor post has this number (or several have)."),
        Text("请先录入岗位，或更正编号；不要填姓名。", "Add the post first, or correct the number. Never a person's name."),
        secret=True,
    )  # fmt: skip
    if "instructor" in rows.columns:
        remarks.notice(
            rows.filter(pl.col("instructor") & pl.col("post").is_null()), "instructor", "instructor-without-post",
            Text("填了指导员姓名：只记“有指导员”，姓名没有读取，也没有岗位可记。",
                 "A name is filled in: only that there is an instructor is recorded; the name was not read, and there is no post."),
            Text("请改填指导员岗位编号。", "Enter the number of the instructor post (指导员岗位编号) instead."),
        )  # fmt: skip
    return rows
