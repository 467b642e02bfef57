"""What Party organisation has each row of a ledger? Words and ticks of several columns, put together without guessing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from operator import and_

import polars as pl

from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from graphmodel.values import parse_flag
from loaders.columns import read_column
from loaders.headers import header_key
from loaders.ledger_mapping import EXISTENCE, FORMS, LEVELS, LedgerColumn
from loaders.ledger_remarks import Remarks

_KINDS: tuple[tuple[str, ...], ...] = (EXISTENCE, LEVELS, FORMS)  # a word tells a set of what is possible of each
_ALL = tuple((1 << len(kind)) - 1 for kind in _KINDS)
_NAMES = ("@existence", "@level", "@form")
_BETWEEN = re.compile(r"[、，,;；\s]+")
FOUNDED_ON, PLANNED_ON = "PartyOrganization.founded_on", "planned-on"
PARTY = "PartyOrganization."


def add_party_facts(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """The rows with what is told of a Party organisation.

    Added are `@state` (actual, planned, or null: none is told of), `level` and `form` (null where not told), and, as
    dates and values in text, the columns of its fields. A word leaves some of what is possible (法人单位: standalone or
    functional); what all columns leave is taken, of several forms the first of standalone, functional, joint. A branch
    is there where the ledger says so, or tells its level, form, joint branch or founding day and does not deny it; it
    is planned where only a day for it is given. Words that leave nothing possible contradict each other: an error.
    """
    rows = _read_fields(rows, remarks)
    rows = _possible(rows, remarks)
    joint = pl.col("joint-name").is_not_null()
    form = pl.when(joint).then(pl.col("@form").and_(1 << FORMS.index("joint"))).otherwise(pl.col("@form"))
    rows = rows.with_columns(form.alias("@form"))
    founded, planned_on = pl.col(FOUNDED_ON).is_not_null(), pl.col(PLANNED_ON).is_not_null()
    told = (pl.col("@level") != _ALL[1]) | (pl.col("@form") != _ALL[2]) | founded
    said, denied = (pl.col("@existence") == 1 << EXISTENCE.index(word) for word in EXISTENCE)
    planned = planned_on & ~said & ~founded
    rows = rows.with_columns(told=told, denied=denied, planned=planned)
    rows = rows.with_columns(
        pl.when("planned").then(pl.lit("planned")).when(said | (~pl.col("denied") & pl.col("told"))).then(pl.lit("actual")).alias("@state")
    )  # fmt: skip
    _remark(rows, remarks)
    return _decide(rows, remarks.mapping.planned).drop("told", "denied", "planned", *_NAMES)


def _read_fields(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """Dates and choices in their own form, so that the rows of one joint branch can be compared."""
    fields = [key for key in rows.columns if key.startswith(PARTY)]
    columns = {key: PartyOrganization.columns[key.removeprefix(PARTY)] for key in fields}
    columns[PLANNED_ON] = Covers.columns["deadline"]
    for key, column in columns.items():
        values, problems, partly = read_column(column, rows[key])
        remarks.problems(rows, key, problems)
        for problem in partly:
            remarks.notice(rows.filter(problem.wrong), key, problem.code, problem.message, problem.hint)
        rows = rows.with_columns(values.cast(pl.String).alias(key))
    return rows


def _possible(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """`@existence`, `@level`, `@form`: bits of what all telling columns together leave possible."""
    left: list[list[pl.Expr]] = [[pl.lit(every, pl.Int64)] for every in _ALL]
    for column in (c for c in remarks.mapping.of("ledger") if c.use == "tells" and c.key in rows.columns):
        meanings = {text: _meaning(text, column) for text in rows[column.key].drop_nulls().unique()}
        unread = [text for text, bits in meanings.items() if bits is None]
        allowed = Text("、".join(column.says), ", ".join(column.says))
        remarks.reject(
            rows.filter(pl.col(column.key).is_in(unread)),
            column.key,
            "not-a-choice",
            Text("不在可选的词里。", "It is none of the words allowed."),
            Text(f"可填：{allowed.zh}。", f"One of: {allowed.en}."),
        )
        for kind, every in enumerate(_ALL):
            bits: Mapping[str, int] = {text: told[kind] for text, told in meanings.items() if told is not None}
            said = pl.col(column.key).replace_strict(bits, default=every, return_dtype=pl.Int64)
            left[kind].append(said.fill_null(every))
    return rows.with_columns(reduce(and_, bits).alias(name) for name, bits in zip(_NAMES, left, strict=True))


def _meaning(text: str, column: LedgerColumn) -> tuple[int, int, int] | None:
    """What the words of one cell leave possible of existence, level and form; None where one is not understood."""
    said = {header_key(word): told for word, told in column.says.items()}
    bits = list(_ALL)
    for word in _BETWEEN.split(text.strip()):
        key = header_key(word)
        flag = parse_flag(word)
        told = said.get(key, said.get({True: "是", False: "否", None: ""}[flag]))
        if told is None:
            return None
        for kind, (words, every) in enumerate(zip(_KINDS, _ALL, strict=True)):
            possible = sum(1 << words.index(fact) for fact in told if fact in words)
            bits[kind] &= possible or every
    return bits[0], bits[1], bits[2]


def _remark(rows: pl.DataFrame, remarks: Remarks) -> None:
    tells = [c for c in remarks.mapping.of("ledger") if c.use == "tells" and c.key in rows.columns]
    has = next((c.key for c in tells if any(set(t) & set(EXISTENCE) for t in c.says.values())), "name")
    which = next((c.key for c in tells if any(set(t) & set(LEVELS) for t in c.says.values())), "name")
    hint = Text("请对照党组织设置、组织建制、联合支部名称、所在单位情况，改正其中一处。",
                "Compare the columns about the Party organisation and correct one of them.")  # fmt: skip
    remarks.reject(
        rows.filter(pl.col("denied") & pl.col("told") & ~pl.col("planned")), has, "party-denied-and-told",
        Text("写明没有党组织，其他列却说明了党组织。", "It says that there is no Party organisation, and other columns tell of one."), hint,
    )  # fmt: skip
    nothing = pl.any_horizontal(pl.col(name) == 0 for name in _NAMES)
    remarks.reject(
        rows.filter(nothing & ~(pl.col("denied") & pl.col("told"))), which, "party-contradiction",
        Text("几列关于党组织的说明互相矛盾。", "The columns about the Party organisation contradict each other."), hint,
    )  # fmt: skip
    remarks.reject(
        rows.filter((pl.col("@form") == 1 << FORMS.index("joint")) & pl.col("@state").is_not_null() & pl.col("joint-name").is_null()),
        "joint-name", "joint-without-name",
        Text("是联合支部，却没有写联合支部名称。", "It is in a joint branch whose name is not given."),
        Text("请填联合支部名称，同一支部的各单位写法一致。", "Enter the joint branch's name, alike for all its organisations."),
    )  # fmt: skip
    remarks.notice(
        rows.filter(pl.col(PLANNED_ON).is_not_null() & (pl.col("@state") == "actual")), PLANNED_ON, "planned-and-founded",
        Text("党组织已经建立，拟建日期没有采用。", "The Party organisation exists; the day planned for it was not used."),
        Text("无需处理。", "Nothing to do."),
    )  # fmt: skip


def _decide(rows: pl.DataFrame, planned: tuple[str, ...]) -> pl.DataFrame:
    """`level` and `form` out of what is possible."""
    silent = (pl.col("@level") == _ALL[1]) & (pl.col("@form") == _ALL[2])
    default = pl.col("@state") == "planned"
    level = pl.col("@level").replace_strict(
        {1 << place: word for place, word in enumerate(LEVELS)}, default=None, return_dtype=pl.String
    )
    form = pl.coalesce(
        pl.when(pl.col("@form").and_(1 << place) > 0).then(pl.lit(word)) for place, word in enumerate(FORMS)
    )
    planned_level = next((word for word in planned if word in LEVELS), None)
    planned_form = next((word for word in planned if word in FORMS), None)
    return rows.with_columns(
        pl.when(silent & default).then(pl.lit(planned_level)).otherwise(level).alias("level"),
        pl.when(silent & default).then(pl.lit(planned_form)).when(~silent).then(form).alias("form"),
    )
