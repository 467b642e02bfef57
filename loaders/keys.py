"""Which rows of one type contradict each other? Two rows of one key, or two targets where one is allowed."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.schema import EDGE_TYPES
from graphmodel.tables import conform, key_columns
from graphmodel.text import Text
from loaders.faults import Problem
from loaders.judging import Findings, Judged


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


def contradicting(rows: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    """Which of these rows share a key with a row of other content?

    Returns `_frame`, `_at` of each and `other_frame`, `other_at` of the first row that it contradicts.
    """
    groups = rows.unique(key, maintain_order=True).select(key).with_row_index("_group")
    contents = rows.unique(content, maintain_order=True).select(content).with_row_index("_content")
    numbered = rows.join(groups, on=list(key), how="left", nulls_equal=True, maintain_order="left").join(
        contents, on=list(content), how="left", nulls_equal=True, maintain_order="left"
    )
    firsts = numbered.unique(["_group", "_content"], keep="first", maintain_order=True)
    pairs = firsts.group_by("_group", maintain_order=True).agg(
        pl.len().alias("_kinds"),
        pl.col("_content").first().alias("_first"),
        *(pl.col(c).first().alias(f"first{c}") for c in ("_frame", "_at")),
        *(pl.col(c).get(1, null_on_oob=True).alias(f"second{c}") for c in ("_frame", "_at")),
    )
    against = numbered.join(pairs.filter(pl.col("_kinds") > 1), on="_group", how="inner", maintain_order="left")
    is_first = pl.col("_content") == pl.col("_first")
    return against.select(
        "_frame",
        "_at",
        *(
            pl.when(is_first).then(pl.col(f"second{c}")).otherwise(pl.col(f"first{c}")).alias(f"other{c}")
            for c in ("_frame", "_at")
        ),
    )


_DUPLICATE = (
    "duplicate-key",
    Text("与{place}第 {row} 行是同一个标识，内容却不同。", "It has the key of row {row}{place}, with other content."),
    Text("请合并成一行，或更正标识。", "Make them one row, or correct a key."),
)
_LIMIT = (
    "more-than-one",
    Text("与{place}第 {row} 行矛盾：这种关系只能有一个。", "It contradicts row {row}{place}: there can be only one."),
    Text("请只保留正确的一行。", "Keep the right one only."),
)


def judge_keys(name: str, judged: Sequence[Judged], findings: Findings) -> bool:
    """Reject the rows of one type that contradict each other; whether some rows that are left say the same twice.

    Two rows of one key must be the same in every column; of a relation whose cardinality is enforced there is one.
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
    found = contradicting(stacked(name, frames, kept, columns).filter(twice), key, content)
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

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        shown = at.cast(pl.UInt32).alias("_at").to_frame().join(found, on="_at", how="left", maintain_order="left")
        texts = []
        for number, place in shown.select("other_frame", "other_at").iter_rows():
            other = judged[number].raw
            elsewhere = Text(f" {other.file} / {other.sheet} ", f" of {other.file} / {other.sheet}")
            zh, en = ("", "") if other.place == one.raw.place else (elsewhere.zh, elsewhere.en)
            row = other.rows[place]
            texts.append((Text(message.zh.format(row=row, place=zh), message.en.format(row=row, place=en)), hint))
        return texts

    return Problem(code, wrong, message, hint, explain)


def once(name: str, judged: Sequence[Judged], findings: Findings) -> None:
    """Keep the first of the rows that say the same, with a notice; to be asked when nothing more is rejected."""
    key = key_columns(name)
    rows = stacked(name, [one.frame for one in judged], [~one.rejected for one in judged], key)
    again = rows.filter(~rows.select(pl.struct(key).is_first_distinct()).to_series())
    message = Text("与前面的行完全相同，只记一次。", "The same as a row before; recorded once.")
    for number, one in enumerate(judged):
        here = again.filter(pl.col("_frame") == number)
        if here.height:
            one.repeated = one.repeated.scatter(here["_at"], True)
            findings.notice(one.raw, None, Problem("same-row", one.repeated, message, _NOTHING_TO_DO))


_NOTHING_TO_DO = Text("无需处理。", "Nothing to do.")
