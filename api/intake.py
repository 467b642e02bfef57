"""How do files come into a workspace? Ledger and bundle told apart, read together, checked once, shown before stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from graphmodel.network import Network
from loaders.bundle import Bundle, bundle_files, from_grids, read_bundle
from loaders.files import read_files
from loaders.grid import Grid, Limits
from loaders.layout import Layout
from loaders.ledger import Ledger, read_ledger, sniff
from loaders.ledger_mapping import LedgerMapping
from loaders.ledger_unmatched import UNMATCHED
from loaders.raw import Checked, Raw
from loaders.validate import check

_UNREAD = ("unknown-column", UNMATCHED, "personal-column")
_COLUMNS = {
    "file": pl.String, "sheet": pl.String, "column": pl.String, "index": pl.Int64, "type": pl.String, "field": pl.String,
    "why": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Intake:
    """Files read and judged against a network: `checked` rows and remarks, `layouts` to give sheets back in.

    `sources` the files by the name that rows and remarks have for them; `raws` the rows as they were read.
    """

    checked: Checked
    layouts: tuple[Layout, ...]
    kinds: tuple[str, ...]
    sources: Mapping[str, Path]
    raws: tuple[Raw, ...]

    @property
    def columns(self) -> pl.DataFrame:
        """What became of every column: `file`, `sheet`, `column`, and the `type` and `field` that it was read as.

        Of one that was not read, `type` and `field` are null and `why` is the code of its notice: `personal-column` for
        one that tells of persons, `unmatched-column` for one of a ledger of which a person may say what it is.
        """
        unread = {(n.file, n.sheet, n.column): n.code for n in self.checked.notices if n.code in _UNREAD and n.column}
        placed = {(raw.file, raw.sheet) for raw in self.raws if any(h.index for h in raw.headers.values())}
        read = [
            (raw.file, raw.sheet, header.text, header.index, raw.name, field, None)
            for raw in self.raws
            for field, header in raw.headers.items()
            if (raw.file, raw.sheet, header.text) not in unread
            and (header.index or (raw.file, raw.sheet) not in placed)  # else it stands in no column of this sheet
        ]
        skipped = [(file, sheet, column, None, None, None, code) for (file, sheet, column), code in unread.items()]
        frame = pl.DataFrame([*read, *skipped], _COLUMNS, orient="row")
        return frame.unique(maintain_order=True).sort("file", "sheet", "index", nulls_last=True).drop("index")


def take_in(
    paths: Sequence[Path],
    network: Network,
    mapping: LedgerMapping | None = None,
    limits: Limits | None = None,
    day: dt.date | None = None,
) -> Intake:
    """Read files and folders, a ledger and a bundle in one go where both are given, and judge every row once.

    Parameters: `day` the day that the data speaks of, which what has happened cannot lie after.
    Errors: `FileRefused` where a file cannot be read or holds no known table.
    """
    ledger_grids: list[Grid] = []
    bundle_grids: list[Grid] = []
    sources: dict[str, Path] = {}
    given = {path.resolve() for path in paths}
    read = read_files([file for path in paths for file in bundle_files(path)], limits)
    kinds_of = {file: sniff(grids, mapping) if file.resolve() in given else "bundle" for file, grids in read.items()}
    for file, grids in read.items():
        (ledger_grids if kinds_of[file] == "ledger" else bundle_grids).extend(grids)
        sources |= {grid.file: file for grid in grids}
    bundle = from_grids(bundle_grids)
    if not ledger_grids:
        if not bundle.raws:
            read_bundle(list(paths), limits)  # refuses, and says what is expected
        checked = check(bundle.raws, network, errors=bundle.errors, notices=bundle.notices, day=day)
        return Intake(checked, bundle.layouts, ("bundle",), sources, bundle.raws)
    ledger = _with(read_ledger(ledger_grids, mapping, network, bundle.raws), bundle)
    layouts = (*ledger.layouts, *bundle.layouts)
    kinds = ("ledger", "bundle") if bundle.raws else ("ledger",)
    return Intake(ledger.check(network, bundle.raws, day), layouts, kinds, sources, (*bundle.raws, *ledger.raws))


def _with(ledger: Ledger, bundle: Bundle) -> Ledger:
    return replace(ledger, errors=(*ledger.errors, *bundle.errors), notices=(*ledger.notices, *bundle.notices))
