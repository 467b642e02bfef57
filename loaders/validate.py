"""Which rows are good, which are not, and why? One validator for all formats, driven by the schema alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import ENDS, Tables, frame_schema, key_columns, type_named
from graphmodel.text import Text
from loaders.columns import LONGEST_ID, clean_text, read_column, text_problems
from loaders.errors import RowError
from loaders.faults import Fault, Problem, header_of, remarks
from loaders.keys import contradicting, repeated, stacked
from loaders.personal import is_personal_column, personal_cells, skipped_notice
from loaders.raw import Checked, Part, Place, Raw
from loaders.references import Known, missing_end, read_end_types

MOST_ERRORS = 1_000


@dataclass(slots=True, eq=False)
class _Judged:
    """A Raw on its way: typed columns, and which rows are rejected so far."""

    raw: Raw
    frame: pl.DataFrame
    rejected: pl.Series


class _Findings:
    """All faults and notices of one check; a fault rejects its rows as soon as it is found."""

    def __init__(self, notices: Iterable[RowError]) -> None:
        self.faults: list[Fault] = []
        self.notices = list(notices)

    def add(self, judged: _Judged, field: str | None, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if problem.wrong.any():
                self.faults.append(Fault(judged.raw, field, problem))
                judged.rejected = judged.rejected | problem.wrong

    def notice(self, raw: Raw, field: str | None, problem: Problem) -> None:
        header = header_of(raw, field).text if field else None
        first, count = raw.rows.filter(problem.wrong)[0], int(problem.wrong.sum())
        more = Text(f"共 {count} 行，第一处在第 {first} 行：", f"In {count} rows, row {first} first: ")
        message = Text(more.zh + problem.message.zh, more.en + problem.message.en)
        self.notices.append(RowError(raw.file, raw.sheet, first, header, None, problem.code, message, problem.hint))


def check(
    raws: Sequence[Raw],
    existing: Network | Tables | None = None,
    *,
    errors: Sequence[RowError] = (),
    notices: Sequence[RowError] = (),
    most: int = MOST_ERRORS,
) -> Checked:
    """Which of these rows may be stored?

    Parameters: `existing` the network that edges may refer to beside the rows of this import; `errors` and `notices`
    those of readers and mappings: a row named by an error is rejected; `most` how many errors are worded (all are
    counted, and all rejected rows known).
    A row with an error is rejected whole, with the rows of other types that its source row gave, and edges that name
    a rejected node with them. Rows that are the same in every column are one, with a notice. Errors: `ValueError` for
    a column that the type has not, which is the caller's mistake. Cost: linear, one join an edge's end and a few
    passes a column; wordings and suggestions for shown errors only.
    """
    findings = _Findings(notices)
    judged = [_judge_columns(raw, findings) for raw in raws]
    _reject_named(judged, errors)
    known = Known(existing, _nodes(judged))
    for one in judged:
        if one.raw.name in EDGE_TYPES:
            _judge_ends(one, known, findings)
    _spread(judged)
    for name in dict.fromkeys(raw.name for raw in raws):
        _judge_keys(name, [one for one in judged if one.raw.name == name], findings)
    _spread(judged)
    while _judge_lost_ends(judged, existing, findings):
        _spread(judged)
    return _result(judged, findings, errors, most)


# --- columns ---


def _judge_columns(raw: Raw, findings: _Findings) -> _Judged:
    schema, columns = frame_schema(raw.name), type_named(raw.name).columns
    if unknown := [c for c in raw.frame.columns if c not in schema or c == "sources"]:
        raise ValueError(f"{raw.name} has no columns {unknown}")
    judged = _Judged(raw, pl.DataFrame(), pl.Series([False], dtype=pl.Boolean).new_from_index(0, raw.frame.height))
    series = []
    for field in raw.frame.columns:
        text = raw.frame[field]
        if field in columns:
            values, problems, partly = read_column(columns[field], text)
            findings.add(judged, field, problems)
            for problem in partly:
                findings.notice(raw, field, problem)
            if columns[field].kind == "text" and _is_personal(judged, field, values, findings):
                continue
        else:
            values = clean_text(text)
            if field in ("id", "source", "target"):
                findings.add(judged, field, [*_identity(field, values), *text_problems(values, LONGEST_ID)])
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


def _identity(field: str, values: pl.Series) -> list[Problem]:
    if not values.null_count():
        return []
    message = Text("标识是空的。" if field == "id" else "没有写明这一端是谁。", "It is empty, and has to name a node.")
    hint = Text("每一行都要有标识，请补上。", "Every row needs it; fill it in.")
    return [Problem(f"missing-{field}", values.is_null(), message, hint)]


def _is_personal(judged: _Judged, field: str, values: pl.Series, findings: _Findings) -> bool:
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
    findings.add(judged, field, [Problem("personal-data", cells, message, hint, secret=True)])
    return False


# --- ends ---


def _judge_ends(judged: _Judged, known: Known, findings: _Findings) -> None:
    name, frame = judged.raw.name, judged.frame
    edge = EDGE_TYPES[name]
    ends = {}
    for side in ("source", "target"):
        said = frame[f"{side}_type"] if f"{side}_type" in frame.columns else None
        types, problems = read_end_types(name, side, said, frame[side], known)
        findings.add(judged, f"{side}_type", problems)
        findings.add(judged, side, [missing_end(name, side, types, frame[side], known)])
        ends[f"{side}_type"] = types.alias(f"{side}_type")
    judged.frame = frame.with_columns(ends.values()).select(*ENDS, *(c for c in frame.columns if c not in ENDS))
    judged.rejected = judged.rejected | judged.frame["source_type"].is_null() | judged.frame["target_type"].is_null()
    source, target = (pl.struct(f"{side}_type", side) for side in ("source", "target"))
    pairs = [(one.type_name, other.type_name) for one, other in edge.pairs]
    if len({s for s, _ in pairs}) * len({t for _, t in pairs}) > len(pairs):
        allowed = pl.any_horizontal(pl.col("source_type").eq(s) & pl.col("target_type").eq(t) for s, t in pairs)
        wrong = judged.frame.select(~allowed).to_series().fill_null(value=False)
        message = Text("这种关系不连接这两类。", "This relation does not join these two types.")
        hint = Text("请对照数据字典更正。", "Correct it by the description of the schema.")
        findings.add(judged, "target_type", [Problem("wrong-pair", wrong, message, hint)])
    if any(one is other for one, other in edge.pairs):
        loop = judged.frame.select(source.eq(target)).to_series().fill_null(value=False)
        message = Text("两端是同一个，不能和自己相连。", "Both ends are the same: nothing is joined to itself.")
        findings.add(
            judged, "target", [Problem("joined-to-itself", loop, message, Text("请更正一端。", "Correct one end."))]
        )
    if edge.undirected:
        turned = pl.col("source") > pl.col("target")
        swapped = [
            pl.when(turned).then(pl.col(other)).otherwise(pl.col(one)).alias(one)
            for one, other in (
                ("source", "target"),
                ("target", "source"),
                ("source_type", "target_type"),
                ("target_type", "source_type"),
            )
        ]
        judged.frame = judged.frame.with_columns(swapped)


def _nodes(judged: Sequence[_Judged], *, kept: bool = False) -> dict[str, list[pl.DataFrame]]:
    """`id` and, where stated, `name` of the nodes of this import; `kept` of those not rejected."""
    nodes: dict[str, list[pl.DataFrame]] = {}
    for one in judged:
        if one.raw.name in NODE_TYPES:
            frame = one.frame.select(c for c in ("id", "name") if c in one.frame.columns)
            nodes.setdefault(one.raw.name, []).append(frame.filter(~one.rejected) if kept else frame)
    return nodes


def _judge_lost_ends(judged: Sequence[_Judged], existing: Network | Tables | None, findings: _Findings) -> bool:
    """Reject edges that name a node which was rejected; whether there were any."""
    lost: dict[str, pl.DataFrame] = {}
    known = Known(existing, _nodes(judged, kept=True))
    for one in judged:
        if one.raw.name in NODE_TYPES and one.rejected.any():
            frame = pl.DataFrame({"id": one.frame["id"], "_row": one.raw.rows.cast(pl.Int64)}).filter(one.rejected)
            gone = frame.filter(pl.col("id").is_not_null() & known.lacks(one.raw.name, frame["id"]))
            place = pl.lit(f"{one.raw.file} / {one.raw.sheet}").alias("_place")
            gone = gone.with_columns(place)
            lost[one.raw.name] = pl.concat([lost[one.raw.name], gone]) if one.raw.name in lost else gone
    if not any(frame.height for frame in lost.values()):
        return False
    found = False
    for one in judged:
        if one.raw.name not in EDGE_TYPES:
            continue
        for side in ("source", "target"):
            problem = _lost_end(one, side, lost)
            if problem.wrong.any():
                findings.add(one, side, [problem])
                found = True
    return found


def _lost_end(judged: _Judged, side: str, lost: dict[str, pl.DataFrame]) -> Problem:
    wanted = judged.frame.select(type=pl.col(f"{side}_type"), id=pl.col(side))
    gone = pl.concat([frame.with_columns(type=pl.lit(name)) for name, frame in lost.items()]).unique(["type", "id"])
    joined = wanted.join(gone, on=["type", "id"], how="left", maintain_order="left")
    wrong = joined["_row"].is_not_null() & ~judged.rejected
    hint = Text("请先更正那一行。", "Correct that row first.")

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        found = joined.select("_place", "_row").gather(at)
        return [
            (
                Text(
                    f"它所指的那一行（{place}，第 {row} 行）没有通过检查。",
                    f"The row it refers to ({place}, row {row}) was rejected.",
                ),
                hint,
            )
            for place, row in found.iter_rows()
        ]

    return Problem(
        "refers-to-rejected",
        wrong,
        Text("它所指的那一行没有通过检查。", "The row it refers to was rejected."),
        hint,
        explain,
    )


# --- keys ---


def _judge_keys(name: str, judged: Sequence[_Judged], findings: _Findings) -> None:
    key = key_columns(name)
    stated = dict.fromkeys(c for one in judged for c in one.frame.columns)
    _judge_contradictions(
        name,
        judged,
        key,
        [c for c in stated if c not in key] or list(key),
        Problem(
            "duplicate-key",
            pl.Series([], dtype=pl.Boolean),
            Text(
                "与{place}第 {row} 行是同一个标识，内容却不同。",
                "It has the same key as row {row}{place}, with other content.",
            ),
            Text("请合并成一行，或更正标识。", "Make them one row, or correct a key."),
        ),
        findings,
    )
    if name in EDGE_TYPES:
        limits = (("source", "target", EDGE_TYPES[name].one_target), ("target", "source", EDGE_TYPES[name].one_source))
        for one_end, other_end, limit in limits:
            if limit == "enforced":
                problem = Problem(
                    f"more-than-one-{other_end}",
                    pl.Series([], dtype=pl.Boolean),
                    Text(
                        "与{place}第 {row} 行矛盾：这种关系只能有一个。",
                        "It contradicts row {row}{place}: there can be only one.",
                    ),
                    Text("请只保留正确的一行。", "Keep the right one only."),
                )
                ends = ([f"{one_end}_type", one_end], [f"{other_end}_type", other_end])
                _judge_contradictions(name, judged, *ends, problem, findings)


def _judge_contradictions(
    name: str,
    judged: Sequence[_Judged],
    key: Sequence[str],
    content: Sequence[str],
    problem: Problem,
    findings: _Findings,
) -> None:
    keys = stacked(name, [one.frame for one in judged], [~one.rejected for one in judged], key)
    twice = repeated(keys, key)
    if not twice.any():
        return
    columns = list(dict.fromkeys([*key, *content]))
    rows = stacked(name, [one.frame for one in judged], [~one.rejected for one in judged], columns).filter(twice)
    found = contradicting(rows, key, content)
    for number, one in enumerate(judged):
        here = found.filter(pl.col("_frame") == number).sort("_at")
        if here.height:
            findings.add(one, key[-1] if key[0] != "id" else "id", [_against(judged, one, here, problem)])


def _against(judged: Sequence[_Judged], one: _Judged, found: pl.DataFrame, problem: Problem) -> Problem:
    wrong = pl.Series([False]).new_from_index(0, one.frame.height).scatter(found["_at"], True)

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        shown = at.cast(pl.UInt32).alias("_at").to_frame().join(found, on="_at", how="left", maintain_order="left")
        texts = []
        for number, place in shown.select("other_frame", "other_at").iter_rows():
            other = judged[number].raw
            where = "" if other.place == one.raw.place else f"{other.file} / {other.sheet} "
            texts.append(
                problem.message.format(
                    row=other.rows[place], place=Text(where or " ", f" ({where.strip()})" if where else " ")
                )
            )
        return [(text, problem.hint) for text in texts]

    return Problem(problem.code, wrong, problem.message, problem.hint, explain)


# --- rows of one source row, and the sum of it all ---


def _reject_named(judged: Sequence[_Judged], errors: Sequence[RowError]) -> None:
    """Reject the rows that readers and mappings found wrong; an error without a row is about all of its sheet."""
    for one in judged:
        mine = [e for e in errors if e.file == one.raw.file and e.sheet in (None, one.raw.sheet)]
        if any(error.row is None for error in mine):
            one.rejected = one.rejected | True
        elif mine:
            one.rejected = one.rejected | one.raw.rows.is_in([error.row for error in mine])


def _by_place(judged: Sequence[_Judged]) -> dict[Place, list[_Judged]]:
    places: dict[Place, list[_Judged]] = {}
    for one in judged:
        places.setdefault(one.raw.place, []).append(one)
    return places


def _spread(judged: Sequence[_Judged]) -> None:
    """What one source row gave is rejected together."""
    for together in _by_place(judged).values():
        if len(together) > 1 and any(one.rejected.any() for one in together):
            rows = pl.concat([one.raw.rows.filter(one.rejected) for one in together]).unique()
            for one in together:
                one.rejected = one.raw.rows.is_in(rows.implode())


def _result(judged: Sequence[_Judged], findings: _Findings, errors: Sequence[RowError], most: int) -> Checked:
    parts = _parts(judged, findings)
    shown, counts = remarks(findings.faults, most)
    sheets, rejected = [], []
    for (file, sheet), together in _by_place(judged).items():
        named = [e.row for e in errors if e.file == file and e.sheet in (None, sheet) and e.row is not None]
        rows = together[0].raw.rows if len(together) == 1 else pl.concat([one.raw.rows for one in together]).unique()
        bad = (
            pl.concat([pl.Series(named, dtype=rows.dtype), *(one.raw.rows.filter(one.rejected) for one in together)])
            .unique()
            .sort()
        )
        read = rows.len() + sum(row not in rows for row in set(named))
        accepted = rows.len() - int(rows.is_in(bad.implode()).sum())
        assert read == accepted + len(bad), f"{file}/{sheet}: {read} read, {accepted} accepted, {len(bad)} rejected"
        sheets.append((file, sheet, read, accepted, len(bad)))
        rejected.append(
            pl.DataFrame({"row": bad.cast(pl.Int64)}).select(
                pl.lit(file).alias("file"), pl.lit(sheet).alias("sheet"), "row"
            )
        )
    shapes = {"file": pl.String, "sheet": pl.String, "read": pl.Int64, "accepted": pl.Int64, "rejected": pl.Int64}
    return Checked(
        parts,
        tuple([*errors, *shown][:most]),
        dict(Counter(error.code for error in errors) + counts),
        tuple(findings.notices),
        pl.DataFrame(sheets, schema=shapes, orient="row"),
        pl.concat(rejected)
        if rejected
        else pl.DataFrame(schema={"file": pl.String, "sheet": pl.String, "row": pl.Int64}),
    )


def _parts(judged: Sequence[_Judged], findings: _Findings) -> tuple[Part, ...]:
    """The accepted rows, each key once."""
    kept = {id(one): ~one.rejected for one in judged}
    for name in dict.fromkeys(one.raw.name for one in judged):
        same = [one for one in judged if one.raw.name == name]
        rows = stacked(name, [one.frame for one in same], [kept[id(one)] for one in same], key_columns(name))
        again = (
            ~rows.select(pl.struct(key_columns(name)).is_first_distinct()).to_series()
            if repeated(rows, key_columns(name)).any()
            else None
        )
        if again is None:
            continue
        surplus = rows.filter(again)
        for number, one in enumerate(same):
            here = surplus.filter(pl.col("_frame") == number)
            if here.height:
                twice = pl.Series([False]).new_from_index(0, one.frame.height).scatter(here["_at"], True)
                kept[id(one)] = kept[id(one)] & ~twice
                message = Text("与前面的行完全相同，只记一次。", "The same as a row before; recorded once.")
                findings.notice(
                    one.raw, None, Problem("same-row", twice, message, Text("无需处理。", "Nothing to do."))
                )
    parts = []
    for one in judged:
        keep = kept[id(one)]
        whole = bool(keep.all())
        frame = one.frame if whole else one.frame.filter(keep)
        numbers = one.raw.rows if whole else one.raw.rows.filter(keep)
        parts.append(Part(one.raw.name, frame, numbers, one.raw.file, one.raw.sheet, int(one.rejected.sum())))
    return tuple(parts)
