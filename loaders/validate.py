"""Which rows are good, which are not, and why? One validator for all formats, driven by the schema alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import polars as pl

from graphmodel.network import Network
from graphmodel.schema import NODE_TYPES
from graphmodel.tables import Tables, frame_schema, key_columns, type_named
from graphmodel.text import Text
from loaders.columns import LONGEST_ID, read_column, read_text
from loaders.ends import judge_ends, judge_lost_ends
from loaders.errors import RowError, of_each_kind
from loaders.faults import Problem, header_of, remarks
from loaders.head_counts import impossible_counts
from loaders.judging import Findings, Judged, by_place, reject_named, spread
from loaders.keys import judge_keys, once
from loaders.personal import is_personal_column, personal_cells, skipped_notice
from loaders.raw import Checked, Part, Raw

MOST_ERRORS = 1_000


def check(
    raws: Sequence[Raw],
    existing: Network | Tables | None = None,
    *,
    errors: Sequence[RowError] = (),
    notices: Sequence[RowError] = (),
    most: int = MOST_ERRORS,
    day: dt.date | None = None,
) -> Checked:
    """Which of these rows may be stored?

    Parameters: `existing` the network that edges may refer to beside the rows of this import; `errors` and `notices`
    those of readers and mappings: a row named by an error is rejected; `most` how many errors are worded (all are
    counted, and all rejected rows known); `day` the day that the data speaks of, which what has happened cannot lie after.
    A row with an error is rejected whole, with the rows of other types that its source row gave, and edges that name
    a rejected node with them. Rows of one key that do not contradict each other are one, with a notice. Errors: `ValueError` for
    a column that the type has not, which is the caller's mistake. Cost: linear, one join an edge's end and a few
    passes a column; wordings and suggestions for shown errors only.
    """
    findings = Findings(notices)
    judged = [_judge_columns(raw, findings, day) for raw in raws]
    _remark_on_counts(judged, findings)
    reject_named(judged, errors)
    judge_ends(judged, existing, findings)
    spread(judged)
    by_type: dict[str, list[Judged]] = {}
    for one in judged:
        by_type.setdefault(one.raw.name, []).append(one)
    twice = [name for name, same in by_type.items() if judge_keys(name, same, findings)]
    spread(judged)
    while judge_lost_ends(judged, existing, findings):
        spread(judged)
    for name in twice:
        judged += once(name, by_type[name], findings)
    return _result(judged, findings, errors, most)


# --- columns ---


def _judge_columns(raw: Raw, findings: Findings, day: dt.date | None) -> Judged:
    schema, columns = frame_schema(raw.name), type_named(raw.name).columns
    if unknown := [c for c in raw.frame.columns if c not in schema or c == "sources"]:
        raise ValueError(f"{raw.name} has no columns {unknown}")
    nowhere = pl.Series([False]).new_from_index(0, raw.frame.height)
    judged = Judged(raw, pl.DataFrame(), nowhere, nowhere)
    series = []
    for field in raw.frame.columns:
        text = raw.frame[field]
        if field in columns:
            values, problems, partly = read_column(columns[field], text, day)
            findings.add(judged, field, problems)
            for problem in partly:
                findings.notice(raw, field, problem)
            if columns[field].kind == "text" and _is_personal(judged, field, values, findings):
                continue
        elif field in ("source_type", "target_type"):
            values = text  # read with the ends that they are about
        else:
            values, problems = read_text(text, LONGEST_ID)
            findings.add(judged, field, [*problems, *_identity(field, values)])
            if field == "id":
                _is_personal(judged, field, values, findings)
        series.append(values.alias(field))
    required = ("id",) if raw.name in NODE_TYPES else ("source", "target")
    for field in required:
        if field not in raw.frame.columns:
            nothing = pl.Series(field, [None], dtype=pl.String).new_from_index(0, raw.frame.height)
            findings.add(judged, field, _identity(field, nothing))
            series.append(nothing)
    judged.frame = pl.DataFrame(series)
    return judged


def _remark_on_counts(judged: Sequence[Judged], findings: Findings) -> None:
    for one in judged:
        for field, problem in impossible_counts(one.raw.name, one.frame):
            if problem.wrong.any():
                findings.notice(one.raw, field, problem)


def _identity(field: str, values: pl.Series) -> list[Problem]:
    if not values.null_count():
        return []
    message = Text("标识是空的。" if field == "id" else "没有写明这一端是谁。", "It is empty, and has to name a node.")
    hint = Text("每一行都要有标识，请补上。", "Every row needs it; fill it in.")
    return [Problem(f"missing-{field}", values.is_null(), message, hint)]


def _is_personal(judged: Judged, field: str, values: pl.Series, findings: Findings) -> bool:
    """Whether the column is skipped as personal; single personal cells are refused without being shown."""
    cells = personal_cells(values)
    if not cells.any():
        return False
    name = judged.raw.name
    if field not in (*key_columns(name), "name") and is_personal_column(values):
        header = header_of(judged.raw, field)
        findings.notices.append(skipped_notice(judged.raw.file, judged.raw.sheet, header.text))
        return True
    message = Text(
        "看起来是个人信息（证件号、手机号或邮箱）。", "It looks like personal data: an ID, mobile number or e-mail."
    )
    hint = Text("请从这个单元格里删去；系统不记录个人信息。", "Remove it from the cell; personal data is never stored.")
    findings.add(judged, field, [Problem("personal-data", cells, message, hint)])
    return False


# --- the sum of it all ---


def _result(judged: Sequence[Judged], findings: Findings, errors: Sequence[RowError], most: int) -> Checked:
    shown, counts = remarks(findings.faults, most)
    sheets, rejected = [], []
    for (file, sheet), together in by_place(judged).items():
        named = list({e.row for e in errors if e.file == file and e.sheet in (None, sheet) and e.row is not None})
        kept = _rows([one.raw.rows.filter(~one.rejected) for one in together])
        lost = _rows([pl.Series(named, dtype=pl.Int64), *(one.raw.rows.filter(one.rejected) for one in together)])
        read = _rows([pl.Series(named, dtype=pl.Int64), *(one.raw.rows for one in together)]).len()
        assert read == kept.len() + lost.len(), f"{file}/{sheet}: {read} read, {kept.len()} + {lost.len()} judged"
        sheets.append((file, sheet, read, kept.len(), lost.len()))
        place = (pl.lit(file).alias("file"), pl.lit(sheet).alias("sheet"), "row")
        rejected.append(lost.sort().alias("row").to_frame().select(place))
    counted = ("read", "accepted", "rejected")
    schema = {"file": pl.String, "sheet": pl.String, **dict.fromkeys(counted, pl.Int64)}
    nowhere = pl.DataFrame(schema={"file": pl.String, "sheet": pl.String, "row": pl.Int64})
    return Checked(
        tuple(_part(one) for one in judged),
        tuple(of_each_kind([*errors, *shown], most)),
        dict(Counter(error.code for error in errors) + counts),
        tuple(findings.notices),
        pl.DataFrame(sheets, schema=schema, orient="row"),
        pl.concat([nowhere, *rejected]),
    )


def _rows(parts: Sequence[pl.Series]) -> pl.Series:
    """The source rows of several Raws, each once."""
    filled = [part.cast(pl.Int64) for part in parts if part.len()]
    if len(filled) == 1:
        return filled[0]
    return pl.concat(filled).unique() if filled else pl.Series([], dtype=pl.Int64)


def _part(one: Judged) -> Part:
    keep, raw = ~(one.rejected | one.repeated), one.raw
    frame, rows = (one.frame, raw.rows) if keep.all() else (one.frame.filter(keep), raw.rows.filter(keep))
    return Part(raw.name, frame, rows, raw.file, raw.sheet)
