"""Which organisation is a ledger's row about? One that is known already keeps its id, though more is known of it now."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.choices import Track
from graphmodel.codes import normalise_codes
from graphmodel.identity import normalised_name, organization_id
from graphmodel.network import Network
from graphmodel.schema.nodes import Organization
from graphmodel.tables import Tables
from graphmodel.text import Text
from loaders.columns import read_column
from loaders.ledger_places import KNOWN_REGISTRATION, TRACK, canonical
from loaders.ledger_remarks import Remarks
from loaders.names import stated
from loaders.raw import Raw

_STATED = ("id", "name", "track", "credit_code", "registration_number", "registration")
_FILED = Track.FILED.value
_UNTOLD = pl.all_horizontal(pl.col("credit_code", "registration_number", "@track", TRACK).is_null())


class KnownOrganizations:
    """Organisations of the network and of what is imported with the ledger, by code, by number, and by name and place."""

    def __init__(self, existing: Network | Tables | None, raws: Sequence[Raw]) -> None:
        known = stated("Organization", _STATED, existing, raws)
        self.ids = known["id"].drop_nulls().unique()
        credit = normalise_codes(pl.col("credit_code"))
        track = canonical(known["track"], Track).alias("@known")
        self.told = known.select("id", track, **{KNOWN_REGISTRATION: "registration"})
        self.told = self.told.drop_nulls("id").unique("id", keep="last")
        self.by_credit = known.select(credit_code=credit, node="id").drop_nulls().unique()
        self.by_number = known.select(
            number=normalised_name(pl.col("registration_number")), node="id", other=credit
        ).drop_nulls(["number", "node"])
        filed = known.filter(pl.col("track").is_in([word for word, v in Track.synonyms().items() if v == _FILED]))
        located = stated("LOCATED_IN", ("source", "target"), existing, raws).select(node="source", at="target")
        inside = stated("PART_OF", ("source", "target"), existing, raws).select(at="source", of="target").unique("at")
        self.by_name = (
            filed.select(node="id", name=normalised_name(pl.col("name")))
            .join(located.unique(), on="node", how="left")
            .join(inside, on="at", how="left")
        )

    def meeting(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`@at` and `node`: which known organisations have a row's code or number, or a filed one's name in its place.

        A row without code, number and word of its track may be a filed one: so the staff's first sheet has them. A
        number does not make one of two that have different codes. A place that one side does not tell, or tells as the
        street of the community, is the same place. Cost: three joins.
        """
        mine = rows.select(
            "@at", "credit_code", "street_id", "community_id", credit=normalise_codes(pl.col("credit_code")),
            number=normalised_name(pl.col("registration_number")),
        )  # fmt: skip
        coded = mine.drop_nulls("credit").join(self.by_credit, left_on="credit", right_on="credit_code")
        numbered = mine.drop_nulls("number").join(self.by_number, on="number")
        numbered = numbered.filter((pl.col("other") == pl.col("credit")).fill_null(value=True))
        is_filed = pl.col("id").str.starts_with("filed:").fill_null(_UNTOLD)
        filed = rows.filter(is_filed).select("@at", "street_id", "community_id", name=normalised_name(pl.col("name")))
        named = filed.join(self.by_name, on="name").filter(
            pl.col("at").is_null()
            | pl.coalesce("community_id", "street_id").is_null()
            | (pl.col("at") == pl.col("community_id")).fill_null(value=False)
            | (pl.col("at") == pl.col("street_id")).fill_null(value=False)
            | (pl.col("community_id").is_null() & (pl.col("of") == pl.col("street_id"))).fill_null(value=False)
        )
        return pl.concat([found.select("@at", "node") for found in (coded, numbered, named)]).unique()


def add_id(rows: pl.DataFrame, known: KnownOrganizations, remarks: Remarks) -> pl.DataFrame:
    """The rows with the organisation's `id`, and how it is known to be registered; one that cannot be told, or may be several, is an error.

    It is the id of the one organisation known by that code, number, or (filed) name and place, if there is one, else
    that of DESIGN, settled point 3: an organisation that is given a credit code stays the same (decision 5).
    """
    place, is_filed = pl.coalesce("community_id", "street_id"), pl.col("@track") == _FILED
    name = pl.when(is_filed).then("name")  # others go by code, so that theirs need no normal form
    identity = organization_id(pl.col("@track"), pl.col("credit_code"), pl.col("registration_number"), place, name)
    rows = rows.with_columns(identity.alias("id"))
    new = rows.filter(pl.col("id").is_null() | ~pl.col("id").is_in(known.ids.implode()))
    met = known.meeting(new).group_by("@at").agg(pl.col("node").first(), pl.len().alias("nodes"))
    rows = rows.join(met, on="@at", how="left", maintain_order="left")
    remarks.reject(
        rows.filter(pl.col("nodes") > 1), "code", "identity-unclear",
        Text("已有几个组织与本行的代码、登记证号或名称相符，分不清是哪一个。",
             "Several organisations that are known have this row's code, number or name; which of them it is cannot be told."),
        Text("请补全或更正代码、登记证号和所在社区；重复录入的请先合并。",
             "Complete or correct code, number and community; merge organisations that were entered twice."),
    )  # fmt: skip
    taken = pl.col("id").is_null() & pl.col("node").is_not_null()
    remarks.notice(
        rows.filter(taken & (pl.col("nodes") == 1) & ~pl.col("@at").is_in(remarks.rejected.implode())), "code", "taken-for-filed",
        Text("没有代码，也没有写明登记或备案：按已有的同名、同地的备案组织处理。",
             "Neither a code nor a word of its track: taken for the filed organisation of that name and place that is known already."),
        Text("不是同一家的，请填代码，或写明街道、社区。", "Where it is another one, enter its code, or its street and community."),
    )  # fmt: skip
    rows = rows.with_columns(
        pl.coalesce("node", "id").alias("id"),
        pl.when(taken).then(pl.lit(_FILED)).otherwise("@track").alias("@track"),
        pl.when(taken).then(pl.lit(_FILED)).otherwise(TRACK).alias(TRACK),
    ).drop("node", "nodes")
    nameless = rows.filter(pl.col("id").is_null())
    _, problems, _ = read_column(Organization.columns["track"], nameless[TRACK])
    remarks.problems(nameless, TRACK, problems)  # whoever has an id is read, and its track with it
    remarks.reject(
        rows.filter(pl.col("id").is_null() & ~pl.col("@at").is_in(remarks.rejected.implode())), "code", "no-identity",
        Text("没有统一社会信用代码，也没有登记证号，又没有写明是备案的组织。",
             "It has neither credit code nor registration number, and is not said to be filed (备案)."),
        Text("请填代码；备案组织请在登记备案列填“备案”。", "Enter a code, or say in 登记备案 that it is filed."),
    )  # fmt: skip
    told = rows.join(known.told, on="id", how="left", maintain_order="left")
    return told.with_columns(pl.coalesce("@track", "@known").alias("@track")).drop("@known")
