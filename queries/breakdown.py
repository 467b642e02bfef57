"""By what are organisations broken down? Category, industry, street …: the lines of every statistic, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Choice, Node
from graphmodel.schema.edges import LicensedBy
from graphmodel.schema.nodes import Authority, Community, Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Codes, Indices
from queries.context import Context
from queries.facts import FILED, ORG
from queries.places import community_of, street_of


class Dimension(Choice):
    """What the lines of a statistic are."""

    WHOLE = "whole", "全区", "whole"
    CATEGORY = "category", "五类", "category"
    LEGAL_FORM = "legal-form", "法律形式", "legal form"
    REGISTRATION = "registration", "管理方式", "registration"
    INDUSTRY = "industry", "行业", "industry"
    STREET = "street", "街道", "street"
    COMMUNITY = "community", "社区", "community"
    AUTHORITY = "authority", "业务主管单位", "competent authority"
    STATUS = "status", "状态", "status"


NOT_STATED = Text("未填写", "not stated")
NO_AUTHORITY = Text("无业务主管单位", "no competent authority")
EVERYBODY = Text("全部", "all")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Which organisations stand on which line.

    `organization`, `group` int32[m]: organisation row and line of each place; an organisation that is licensed by
    several authorities stands on several lines, every other one on exactly one. `keys`, `names` name the k lines;
    the last line is of those for whom it is not stated, its key null.
    """

    dimension: Dimension
    organization: Indices
    group: Indices
    keys: pl.Series
    names: pl.Series

    def spread(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The value of each place, from one for each organisation."""
        once = self.dimension is not Dimension.AUTHORITY  # then places are organisations, in order
        return values if once else values[self.organization]

    def count(self, kind: npt.NDArray[np.integer], kinds: int) -> npt.NDArray[np.int64]:
        """int64[kinds, k]: how many organisations of each kind (a number below `kinds`) stand on each line."""
        size = len(self.keys)
        cell = np.multiply(self.spread(kind), size, dtype=np.int64)
        cell += self.group
        return np.bincount(cell, minlength=kinds * size).reshape(kinds, size)

    def lines(self) -> pl.DataFrame:
        """The lines: columns `dimension`, `key`, `name`."""
        return pl.DataFrame({"key": self.keys, "name": self.names}).select(
            pl.lit(self.dimension.value).alias("dimension"), "key", "name"
        )


def breakdown(context: Context, dimension: Dimension) -> Breakdown:
    """The lines of one dimension, made once per network. Linear in organisations."""
    return context.memo(("breakdown", dimension), lambda: _breakdown(context, dimension))


def _breakdown(context: Context, dimension: Dimension) -> Breakdown:
    match dimension:
        case Dimension.WHOLE:
            nobody = np.zeros(len(context.network[Organization]), dtype=np.int32)
            return _single(dimension, nobody, pl.Series(["all"]), pl.Series([EVERYBODY.both()]))
        case Dimension.STREET:
            return _of_nodes(context, dimension, street_of(context, Organization), Street)
        case Dimension.COMMUNITY:
            return _of_nodes(context, dimension, community_of(context, Organization), Community)
        case Dimension.AUTHORITY:
            return _of_authorities(context)
    return _of_field(context, dimension)


def _of_field(context: Context, dimension: Dimension) -> Breakdown:
    name = dimension.value.replace("-", "_")
    codes = context.network[Organization].vector(name)
    assert isinstance(codes, Codes)
    keys = pl.Series(list(codes.words), dtype=pl.String)
    choices = Organization.columns[name].choices
    titles = keys if choices is None else pl.Series([choice.title.both() for choice in choices], dtype=pl.String)
    return _single(dimension, codes.code.astype(np.int32), keys, titles)


def _of_nodes(context: Context, dimension: Dimension, row: Indices, element: type[Node]) -> Breakdown:
    return _single(dimension, row, *_named(context, element))


def _of_authorities(context: Context) -> Breakdown:
    """Direct registration and filing have no authority, which is no gap (N15); of others without it is not stated."""
    edges, rows = context.network.edges(LicensedBy, Organization, Authority), context.network[Organization]
    keys, names = _named(context, Authority)
    licensed = np.zeros(len(rows), dtype=np.bool_)
    licensed[edges.source] = True
    alone = np.flatnonzero(~licensed).astype(np.int32)
    without = (ORG.registration.is_("direct") | FILED).evaluate(rows, context).yes[alone]
    organization = np.concatenate([edges.source, alone])
    group = np.concatenate([edges.target, np.where(without, np.int32(len(keys)), np.int32(-1))])
    keys, names = pl.concat([keys, pl.Series(["none"])]), pl.concat([names, pl.Series([NO_AUTHORITY.both()])])
    return _closed(Dimension.AUTHORITY, organization, group, keys, names)


def _named(context: Context, element: type[Node]) -> tuple[pl.Series, pl.Series]:
    frame = context.network[element].frame
    return frame["id"], frame.select(pl.coalesce("name", "id")).to_series()


def _single(dimension: Dimension, group: Indices, keys: pl.Series, names: pl.Series) -> Breakdown:
    return _closed(dimension, np.arange(len(group), dtype=np.int32), group, keys, names)


def _closed(
    dimension: Dimension, organization: Indices, group: Indices, keys: pl.Series, names: pl.Series
) -> Breakdown:
    last, unknown = pl.Series([None], dtype=pl.String), pl.Series([NOT_STATED.both()])
    places = np.where(group < 0, len(keys), group).astype(np.int32)
    keys, names = pl.concat([keys, last]), pl.concat([names, unknown])
    return Breakdown(dimension, organization, places, keys.alias("key"), names.alias("name"))
