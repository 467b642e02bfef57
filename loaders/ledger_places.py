"""Who is each organisation of a ledger, where is it, and which authority licenses it?"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.choices import Registration, Track
from graphmodel.identity import normalised_name
from graphmodel.network import Network
from graphmodel.tables import Tables
from graphmodel.text import Text
from graphmodel.values import half_width
from loaders.columns import UNKNOWN
from loaders.ledger_remarks import Remarks
from loaders.names import Directory, asked_back, of_distinct, stated
from loaders.raw import Raw

_CREDIT_CODE = r"^[\x21-\x7e]{16,20}$"  # so long and without Hanzi, it is meant as one, though it be miscopied
_NAMED = ("id", "name", "aliases")
TRACK, REGISTRATION = "Organization.track", "Organization.registration"
KNOWN_REGISTRATION = "@registration"


class Places:
    """Streets, communities and authorities by name, of the network and of what is imported with the ledger."""

    def __init__(self, existing: Network | Tables | None, raws: Sequence[Raw]) -> None:
        self.authorities = Directory(stated("Authority", _NAMED, existing, raws))
        streets, communities = stated("Street", _NAMED, existing, raws), stated("Community", _NAMED, existing, raws)
        part_of = stated("PART_OF", ("source", "target"), existing, raws).unique("source")
        self.streets, self.communities = Directory(streets), Directory(communities)
        self.located = communities.unique("id").join(part_of, left_on="id", right_on="source", how="left")
        self.located = self.located.select("id", "name", key=normalised_name(pl.col("name")), street="target")
        self.street_names = streets.unique("id").select("id", key=normalised_name(pl.col("name"))).drop_nulls()


def add_identity(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """The rows with `credit_code`, `registration_number` and, once places are known, what `add_id` needs."""
    code = pl.col("@code")
    is_credit = code.str.contains(_CREDIT_CODE)
    rows = rows.with_columns(
        pl.coalesce(pl.when(is_credit).then(code), pl.col("Organization.credit_code")).alias("credit_code"),
        pl.coalesce(pl.when(~is_credit).then(pl.col("code")), pl.col("Organization.registration_number")).alias("registration_number"),
        canonical(rows[TRACK], Track).alias("@track"),
    )  # fmt: skip
    remarks.reject(
        rows.filter(pl.col("name").is_null()), "name", "missing-name",
        Text("没有社会组织名称。", "The organisation's name is missing."),
        Text("请填上名称；不是数据的行请删去。", "Enter the name, or remove the row if it is no data."),
    )  # fmt: skip
    return rows


def canonical(words: pl.Series, choices: type[Track | Registration]) -> pl.Series:
    """The stored value of each word, null where it is none."""
    word = half_width(pl.col("text")).str.replace_all(r"\s", "").str.to_lowercase()
    return of_distinct(words, word.replace_strict(choices.synonyms(), default=None, return_dtype=pl.String))


def add_place(rows: pl.DataFrame, places: Places, remarks: Remarks) -> pl.DataFrame:
    """The rows with `street_id` and `community_id`, by their columns, else by full names found in the address."""
    found = places.streets.find(rows["street"])
    rows = rows.with_columns(found["id"].alias("street_id"), found["nodes"].alias("@nodes"))
    _unresolved(rows, "street", places.streets, Text("街道", "street"), remarks)
    rows = _community(rows, places, remarks)
    return _from_address(rows, places, remarks)


def _community(rows: pl.DataFrame, places: Places, remarks: Remarks) -> pl.DataFrame:
    """A community is sought within its street where that is known."""
    rows = rows.drop("@nodes").with_columns(
        of_distinct(rows["community"], normalised_name(pl.col("text"))).alias("key")
    )
    wanted = rows.select("street_id", "key").unique().drop_nulls("key")
    aliases = places.communities.entries.select("key", "id").join(
        places.located.select("id", "street"), on="id", how="left"
    )
    candidates = wanted.join(aliases, on="key", how="left")
    inside = pl.col("street_id").is_null() | pl.col("street").is_null() | (pl.col("street") == pl.col("street_id"))
    judged = candidates.group_by("street_id", "key").agg(
        pl.col("id").filter(inside).n_unique().alias("@nodes"),
        pl.col("id").filter(inside).first().alias("community_id"),
        pl.col("id").drop_nulls().len().alias("anywhere"),
    )
    one = pl.when(pl.col("@nodes") == 1).then("community_id").alias("community_id")
    judged = judged.with_columns(
        one, pl.when(pl.col("community_id").is_null()).then(0).otherwise("@nodes").alias("@nodes")
    )
    rows = rows.join(judged, on=["street_id", "key"], how="left", nulls_equal=True, maintain_order="left")
    elsewhere = pl.col("community_id").is_null() & (pl.col("@nodes") == 0) & (pl.col("anywhere") > 0)
    remarks.reject(
        rows.filter(elsewhere & pl.col("key").is_not_null()), "community", "community-of-other-street",
        Text("这个社区不属于所填的街道。", "This community is not in the street given."),
        Text("请核对街道和社区。", "Check street and community."),
    )  # fmt: skip
    _unresolved(
        rows.filter(~elsewhere.fill_null(value=False)),
        "community",
        places.communities,
        Text("社区", "community"),
        remarks,
    )
    street = places.located.select(community_id="id", street_of="street")
    rows = rows.join(street, on="community_id", how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("street_id", "street_of").alias("street_id")).drop(
        "key", "@nodes", "anywhere", "street_of"
    )


def _from_address(rows: pl.DataFrame, places: Places, remarks: Remarks) -> pl.DataFrame:
    """Full names of streets and communities in the address of rows that state neither."""
    silent = rows["street"].is_null() & rows["community"].is_null() & rows["address"].is_not_null()
    if not silent.any():
        return rows
    address = rows.filter(silent).select("@at", text=normalised_name(pl.col("address")))
    streets = _mentioned(address, places.street_names).rename({"id": "found_street"})
    communities = _mentioned(address, places.located.select("id", "key").drop_nulls()).rename({"id": "found_community"})
    located = places.located.select(found_community="id", of_street="street")
    found = (
        address.select("@at")
        .join(streets, on="@at", how="left")
        .join(communities.join(located, on="found_community", how="left"), on="@at", how="left")
        .filter(
            pl.col("found_street").is_null()
            | pl.col("of_street").is_null()
            | (pl.col("found_street") == pl.col("of_street"))
        )
        .with_columns(pl.coalesce("found_street", "of_street").alias("found_street"))
    )
    found = found.filter(pl.col("found_street").is_not_null() & (pl.len().over("@at") == 1)).drop("of_street")
    rows = rows.join(found, on="@at", how="left", maintain_order="left")
    remarks.notice(
        rows.filter(pl.col("found_street").is_not_null()), "address", "place-by-address",
        Text("街道、社区是从地址中的全称得出的。", "Street and community were found by their full names in the address."),
        Text("请抽查。", "Check some of them."),
    )  # fmt: skip
    return rows.with_columns(
        pl.coalesce("street_id", "found_street").alias("street_id"),
        pl.coalesce("community_id", "found_community").alias("community_id"),
    ).drop("found_street", "found_community")


def _mentioned(address: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`@at` and `id` of every node whose name stands in the address."""
    ordered = names.sort(pl.col("key").str.len_chars(), descending=True)
    if not ordered.height:
        return pl.DataFrame(schema={"@at": address.schema["@at"], "id": pl.String})
    words = address.select(
        "@at", key=pl.col("text").str.extract_many(ordered["key"].unique(maintain_order=True).to_list(), leftmost=True)
    )
    return words.explode("key").drop_nulls().unique().join(ordered, on="key").select("@at", "id").unique()


def add_authority(rows: pl.DataFrame, places: Places, remarks: Remarks) -> pl.DataFrame:
    """The rows with `authority_id` and `registration` (N15): words that name no authority are none.

    A blank or a dash is none too, and tells of direct registration only where nobody has said how the organisation is registered.
    """
    mapping = remarks.mapping
    words = [normalised_name(pl.lit(word)) for word in (*mapping.direct, *mapping.no_authority)]
    is_none = pl.any_horizontal(normalised_name(pl.col("text")) == word for word in words)
    is_direct = pl.any_horizontal(normalised_name(pl.col("text")) == word for word in words[: len(mapping.direct)])
    none, direct = (of_distinct(rows["authority"], each).fill_null(value=False) for each in (is_none, is_direct))
    rows = rows.with_columns(rows["authority"].set(none, None).alias("@authority"), direct.alias("@direct"))
    found = places.authorities.find(rows["@authority"])
    rows = rows.with_columns(found["id"].alias("authority_id"), found["nodes"].alias("@nodes"))
    named = rows.filter(pl.col("@authority").is_not_null())
    _unresolved(named, "authority", places.authorities, Text("业务主管单位", "competent authority"), remarks)
    said = pl.col(REGISTRATION)
    asks = pl.col("@table").is_in([n for n, table in enumerate(remarks.ledgers) if "authority" in table.columns])
    blank = half_width(pl.col("authority")).is_in(UNKNOWN).fill_null(value=True)
    filed = (pl.col("@track") == Track.FILED.value).fill_null(value=False)
    by_authority = (
        pl.when(~asks)
        .then(None)
        .when(pl.col("@authority").is_not_null())
        .then(pl.lit(Registration.DUAL.value))
        .when(blank & pl.col(KNOWN_REGISTRATION).is_not_null())
        .then(KNOWN_REGISTRATION)
        .otherwise(pl.lit(Registration.DIRECT.value))
    )
    rows = rows.with_columns(pl.coalesce(said, pl.when(~filed).then(by_authority)).alias("registration"))
    by_blank = asks & blank & pl.col("registration").eq(Registration.DIRECT.value)
    remarks.notice(
        rows.filter(by_blank & said.is_null() & pl.col(KNOWN_REGISTRATION).is_null()), "authority", "direct-by-blank",
        Text("没有写业务主管单位，按直接登记记录（N15）。", "It names no authority and is recorded as directly registered (N15)."),
        Text("不是直接登记的，请填业务主管单位，或在管理方式写“双重管理”。",
             "Of one that is not, enter its authority, or say dual management (双重管理) in 管理方式."),
    )  # fmt: skip
    dual = canonical(rows[REGISTRATION], Registration) == Registration.DUAL.value
    remarks.reject(
        rows.filter(dual & pl.col("@direct")), "authority", "direct-and-dual",
        Text("这里写直接登记，管理方式却写双重管理。", "It says direct registration here, and dual management in 管理方式."),
        Text("请改正其中一处（N15）。", "Correct one of them (N15)."),
    )  # fmt: skip
    return rows.drop("@nodes", "@authority", "@direct")


def _unresolved(rows: pl.DataFrame, key: str, directory: Directory, what: Text, remarks: Remarks) -> None:
    """Reject rows whose name under `key` means nothing known, or several; the likeliest is suggested."""
    lost = rows.filter(pl.col(key).is_not_null() & (pl.col("@nodes") == 0))
    plain = Text(f"请先录入这个{what.zh}，或更正名称。", f"Add this {what.en} first, or correct the name.")
    near = directory.nearest(lost[key].unique()) if lost.height else {}
    asked = {name: asked_back(others) for name, others in near.items()}
    hints = {name: Text(ask.zh + plain.zh, f"{ask.en} {plain.en}") for name, ask in asked.items()}
    message = Text(f"没有叫这个名称的{what.zh}。", f"No {what.en} has this name.")
    remarks.reject(lost, key, f"unknown-{key}", message, hints, plain)
    remarks.reject(
        rows.filter(pl.col(key).is_not_null() & (pl.col("@nodes") > 1)), key, f"ambiguous-{key}",
        Text(f"叫这个名称的{what.zh}不止一个。", f"More than one {what.en} has this name."),
        Text("请写全称，社区请同时写街道。", "Write the full name; with a community, its street too."),
    )  # fmt: skip
