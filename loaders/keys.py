"""Which rows of one type contradict each other? Two rows of one key, or two targets where one is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from graphmodel.schema import EDGE_TYPES
from graphmodel.tables import conform, key_columns
from graphmodel.text import Text
from loaders.errors import RowError
from loaders.faults import Problem, header_of
from loaders.judging import Findings, Judged
from loaders.raw import Raw

RowPlace = tuple[str, str, int]  # file, sheet, row


def stacked(
    name: str, frames: Sequence[pl.DataFrame], kept: Sequence[pl.Series], columns: Sequence[str]
) -> pl.DataFrame:
    """These columns of the kept rows of several frames, with `_frame` and `_at` to find each row again."""
    parts = []
    for number, (frame, keep) in enumerate(zip(frames, kept, strict=True)):
        chosen = frame.select(c for c in columns if c in frame.columns)
        part = chosen.with_columns(_frame=pl.lit(number, pl.UInt32), _at=pl.int_range(pl.len(), dtype=pl.UInt32))
        parts.append(part if keep.all() else part.filter(keep))
    if len(parts) == 1 and all(column in parts[0].columns for column in columns):
        return parts[0]
    whole = [
        conform(name, part.drop("_frame", "_at")).select(columns).hstack(part.select("_frame", "_at")) for part in parts
    ]
    return pl.concat(whole)


def repeated(rows: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    """bool[n]: which rows share their key with another. Cost: one pass of hashing where none does, which is usual."""
    hashes = rows.select(pl.struct(key).hash()).to_series()
    if hashes.n_unique() == rows.height:
        return pl.Series([False]).new_from_index(0, rows.height)
    return rows.select(pl.struct(key).is_duplicated()).to_series()


def complementary(rows: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.Series:
    """bool[n]: of which rows do all that share their key say the same wherever more than one says anything?"""
    says = [pl.col(c).drop_nulls().n_unique() <= 1 for c in content if c not in key]
    agree = rows.group_by(key).agg(pl.all_horizontal(says or [pl.lit(value=True)]).alias("_agree"))
    return rows.join(agree, on=list(key), how="left", nulls_equal=True, maintain_order="left")["_agree"]


def contradicting(rows: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    """Which of these rows share a key with rows that say two things in one column of `content`?

    Returns `_frame`, `_at` of each and two places of rows that contradict each other, its own `mine_` one where it says one
    of the things itself: `mine_frame`, `mine_at` and `other_frame`, `other_at`, the first that says otherwise.
    """
    groups = rows.unique(key, maintain_order=True).select(key).with_row_index("_group")
    numbered = rows.join(groups, on=list(key), nulls_equal=True, maintain_order="left").with_row_index("_row")
    pairs = []
    for place, column in enumerate(c for c in content if c not in key):
        says = numbered.select("_group", "_row", said=pl.col(column)).drop_nulls("said")
        first = says.group_by("_group", maintain_order=True).agg(
            pl.col("_row").first().alias("first"),
            pl.col("_row").filter(pl.col("said") != pl.col("said").first()).first().alias("second"),
            pl.col("said").first().alias("says_first"),
        )
        told = says.join(first.drop_nulls("second"), on="_group", maintain_order="left")
        is_first = pl.col("said") == pl.col("says_first")
        other = pl.when(is_first).then(pl.col("second")).otherwise(pl.col("first"))
        pairs.append(told.select("_group", "_row", other=other, order=pl.lit(place)))
    found = pl.concat(pairs).sort("_row", "order").unique("_row", keep="first", maintain_order=True)
    of_group = found.unique("_group", keep="first", maintain_order=True).select("_group", mine="_row", others="other")
    against = (
        numbered.select("_group", "_row", "_frame", "_at")
        .join(of_group, on="_group", maintain_order="left")
        .join(found.select("_row", "other"), on="_row", how="left", maintain_order="left")
        .with_columns(mine=pl.when(pl.col("other").is_null()).then("mine").otherwise("_row"))
        .with_columns(other=pl.coalesce("other", "others"))
    )
    places = numbered.select("_row", "_frame", "_at")
    for side in ("mine", "other"):
        named = places.rename({"_row": side, "_frame": f"{side}_frame", "_at": f"{side}_at"})
        against = against.join(named, on=side, maintain_order="left")
    return against.select("_frame", "_at", "mine_frame", "mine_at", "other_frame", "other_at")


_DUPLICATE = (
    "duplicate-key",
    Text(
        "本行与{place}第 {row} 行标识相同，内容却不同：{fields}。",
        "This row and row {row}{place} have one key and differ in {fields}.",
    ),
    Text(
        "是同一个的，请只保留正确的一行；不是同一个的，请更正其中一行的代码或标识。",
        "If both mean one thing, keep the right row only; if not, correct the code or id of one.",
    ),
)
_TWO_OTHERS = Text(
    "本行与{beside}第 {mine} 行、{place}第 {row} 行标识相同，而那两行内容不同：{fields}。",
    "This row, row {mine}{beside} and row {row}{place} have one key, and those two differ in {fields}.",
)
_LIMIT = (
    "more-than-one",
    Text("与{place}第 {row} 行矛盾：这种关系只能有一个。", "It contradicts row {row}{place}: there can be only one."),
    Text("请只保留正确的一行。", "Keep the right one only."),
)


def judge_keys(name: str, judged: Sequence[Judged], findings: Findings) -> bool:
    """Reject the rows of one type that contradict each other; whether some rows that are left say the same twice.

    Two rows of one key must not say two things in any column, but one may say what the other leaves blank, as a ledger
    and the bundle beside it do; of a relation whose cardinality is enforced there is one.
    """
    key = key_columns(name)
    stated = dict.fromkeys(column for one in judged for column in one.frame.columns)
    content = [column for column in stated if column not in key] or list(key)
    field = "id" if key == ("id",) else "target"
    twice = _judge_contradictions(name, judged, key, content, (field, *_DUPLICATE), findings)
    if name in EDGE_TYPES:
        edge = EDGE_TYPES[name]
        source, target = ["source_type", "source"], ["target_type", "target"]
        if edge.one_target == "enforced":
            _judge_contradictions(name, judged, source, target, ("target", *_LIMIT), findings)
        if edge.one_source == "enforced":
            _judge_contradictions(name, judged, target, source, ("source", *_LIMIT), findings)
    return twice


def _judge_contradictions(
    name: str,
    judged: Sequence[Judged],
    key: Sequence[str],
    content: Sequence[str],
    wording: tuple[str, str, Text, Text],
    findings: Findings,
) -> bool:
    frames, kept = [one.frame for one in judged], [~one.rejected for one in judged]
    twice = repeated(stacked(name, frames, kept, key), key)
    if not twice.any():
        return False
    columns = list(dict.fromkeys([*key, *content]))
    rows = stacked(name, frames, kept, columns).filter(twice)
    disputed = rows.filter(~complementary(rows, key, content))
    if disputed.is_empty():
        return True
    found = contradicting(disputed, key, content)
    field, code, message, hint = wording
    for number, one in enumerate(judged):
        here = found.filter(pl.col("_frame") == number)
        if here.height:
            findings.add(one, field, [_against(judged, one, here, code, message, hint)])
    return True


def _against(
    judged: Sequence[Judged], one: Judged, found: pl.DataFrame, code: str, message: Text, hint: Text
) -> Problem:
    wrong = pl.Series([False]).new_from_index(0, one.frame.height).scatter(found["_at"], True)

    def explain(shown_at: pl.Series) -> list[tuple[Text, Text]]:
        shown = (
            shown_at.cast(pl.UInt32).alias("_at").to_frame().join(found, on="_at", how="left", maintain_order="left")
        )
        texts = []
        columns = ("_at", "mine_frame", "mine_at", "other_frame", "other_at")
        for at, mine, at_mine, number, place in shown.select(columns).iter_rows():
            other = judged[number].raw
            fields = _differing(judged[mine], at_mine, judged[number], place)
            there, beside = (_elsewhere(one.raw, raw) for raw in (other, judged[mine].raw))
            row, itself = other.rows[place], judged[mine] is one and at_mine == at
            said = message if itself else _TWO_OTHERS
            told = {"row": row, "mine": judged[mine].raw.rows[at_mine]}
            zh = said.zh.format(**told, place=there[0], beside=beside[0], fields="、".join(fields))
            en = said.en.format(**told, place=there[1], beside=beside[1], fields=", ".join(fields))
            texts.append((Text(zh, en), hint))
        return texts

    return Problem(code, wrong, message, hint, explain)


def _elsewhere(here: Raw, other: Raw) -> tuple[str, str]:
    """Where a row of another sheet stands, in Chinese and English; nothing of one of the same sheet."""
    if here.place == other.place:
        return "", ""
    return f" {other.file} / {other.sheet} ", f" of {other.file} / {other.sheet}"


def _differing(one: Judged, at: int, other: Judged, place: int) -> list[str]:
    """The headers of what two rows say otherwise, as the first has them."""
    mine, theirs = one.frame.row(at, named=True), other.frame.row(place, named=True)
    told = [field for field, value in mine.items() if None not in (value, theirs.get(field)) and value != theirs[field]]
    return [f"“{header_of(one.raw, field).text}”" for field in told]


def once(name: str, judged: Sequence[Judged], findings: Findings) -> list[Judged]:
    """Make one row of those that share a key, each column as the row says that fills it.

    To be asked when nothing more is rejected. Gives the rows that came of it, set apart by the sheets that they came
    from, in the place of their first; those they came of are marked, and a notice says so.
    """
    key = list(key_columns(name))
    frames, kept = [one.frame for one in judged], [~one.rejected for one in judged]
    stated = list(dict.fromkeys([*key, *(column for one in judged for column in one.frame.columns)]))
    rows = stacked(name, frames, kept, stated)
    rows = rows.filter(rows.select(pl.struct(key).is_duplicated()).to_series())
    for number, one in enumerate(judged):
        here = rows.filter(pl.col("_frame") == number)
        if here.height:
            one.repeated = one.repeated | pl.int_range(one.frame.height, eager=True).is_in(here["_at"].implode())
            if not one.raw.retells:
                first = one.raw.rows[int(here["_at"].to_numpy().min())]
                _notice_same(one.raw, first, *_places(judged, rows, here, key), here.select(key).n_unique(), findings)
    content = [column for column in stated if column not in key]
    merged = rows.group_by(key, maintain_order=True).agg(
        *(pl.col(c).drop_nulls().first() for c in content),
        pl.col("_frame").unique().sort().cast(pl.String).str.join(",").alias("_frames"),
        pl.col("_frame", "_at").first(),
    )
    return [_from(judged, group) for _, group in merged.group_by("_frames", "_frame", maintain_order=True)]


def _from(judged: Sequence[Judged], merged: pl.DataFrame) -> Judged:
    """Rows made of several, as rows of the sheet where the first of each stood; only columns that one of them has."""
    numbers = [int(number) for number in merged["_frames"][0].split(",")]
    columns = {column for number in numbers for column in judged[number].frame.columns}
    raw = judged[int(merged["_frame"][0])].raw
    frame = merged.select(c for c in merged.columns if c in columns)
    nothing = pl.Series([False]).new_from_index(0, frame.height)
    return Judged(replace(raw, frame=frame, rows=raw.rows[merged["_at"]], elsewhere={}), frame, nothing, nothing)


def _places(
    judged: Sequence[Judged], rows: pl.DataFrame, here: pl.DataFrame, key: Sequence[str]
) -> tuple[list[RowPlace], int]:
    """Where the first of these rows stands, and those that have its key; then how many more have it than are named."""
    same = rows.join(here.head(1).select(key), on=list(key), how="semi", nulls_equal=True)
    named = same.head(_MOST_NAMED).select("_frame", "_at").rows()
    return [(*judged[frame].raw.place, judged[frame].raw.rows[at]) for frame, at in named], same.height - len(named)


def _notice_same(
    raw: Raw, first: int, places: Sequence[RowPlace], unnamed: int, groups: int, findings: Findings
) -> None:
    """Say once for a sheet which rows were made one; the relations that they gave are not told of again."""
    zh = [
        f"第 {row} 行" if (file, sheet) == raw.place else f"{file} / {sheet} 第 {row} 行" for file, sheet, row in places
    ]
    en = [
        f"row {row}" if (file, sheet) == raw.place else f"row {row} of {file} / {sheet}" for file, sheet, row in places
    ]
    if unnamed:
        zh, en = [*zh, f"另 {unnamed} 行"], [*en, f"{unnamed} more rows"]
    more = (f"等 {groups} 组", f" and {groups - 1} more groups") if groups > 1 else ("", "")
    message = Text(
        f"{'、'.join(zh)}{more[0]}标识相同，说法不矛盾，合为一行记录。",
        f"{', '.join(en)}{more[1]}: one key and no contradiction; recorded as one.",
    )
    notice = RowError(raw.file, raw.sheet, first, None, None, "same-row", message, _KEEP_ONE)
    if notice not in findings.notices:
        findings.notices.append(notice)


_MOST_NAMED = 5  # rows of one key
_KEEP_ONE = Text(
    "是同一个的，可删去多余的行；不是同一个的，请更正其中一行的代码或标识。",
    "If they mean one thing, the others may be deleted; if not, correct the code or id of one.",
)
