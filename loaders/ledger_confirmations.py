"""Which planned Party organisations does a ledger show as founded? Offered to the user, never assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from graphmodel.choices import State
from graphmodel.identity import normalised_name
from graphmodel.network import Network
from graphmodel.text import Refusal, Text
from loaders.raw import Raw

How = Literal["id", "name", "members"]
_PARTY = "PartyOrganization"
_ENDS = {"source": "source_type", "target": "target_type"}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A planned Party organisation that the ledger probably has as founded.

    Parameters: `planned` its id in the network, `founded` the id in the ledger (the same where `how` is "id");
    `planned_name`, `founded_name`; `how` the two meet: one id, one name, or the same organisations; `organizations`
    how many organisations the ledger's one covers.
    """

    planned: str
    founded: str
    planned_name: str | None
    founded_name: str | None
    how: How
    organizations: int

    def text(self) -> Text:
        """The offer in words."""
        why = _WHY[self.how]
        planned, founded = self.planned_name or self.planned, self.founded_name or self.founded
        return Text(
            f"拟建的“{planned}”在台账中已是实际的“{founded}”（{why.zh}，覆盖 {self.organizations} 家）。是否确认为已建立？",
            f'The planned "{planned}" is founded in the ledger as "{founded}" ({why.en}, {self.organizations} organisations). '
            "Confirm it as founded?",
        )


_WHY: Mapping[How, Text] = {
    "id": Text("标识相同", "the same id"),
    "name": Text("名称相同", "the same name"),
    "members": Text("覆盖的组织相同", "the same organisations"),
}


def confirmations(network: Network, raws: Sequence[Raw]) -> list[Confirmation]:
    """Which planned Party organisations of the network does this ledger have as founded?

    They meet by id, else by normalised name, else by covering exactly the same two or more organisations; a name or a
    set that fits several on either side is offered for none. Ordered by the planned id. Cost: linear and a sort.
    """
    nodes = network.table(_PARTY)
    planned = nodes.filter(pl.col("state") == State.PLANNED.value).select("id", "name")
    existing = nodes.filter(pl.col("state") == State.ACTUAL.value)["id"]
    stated = [r.frame.select("id", "name", "state") for r in raws if r.name == _PARTY and "state" in r.frame.columns]
    if not planned.height or not stated:
        return []
    founded = pl.concat(stated).filter(pl.col("state") == State.ACTUAL.value).unique("id", maintain_order=True)
    founded = founded.filter(~pl.col("id").is_in(existing.implode()))
    covers = [r.frame.select("source", "target") for r in raws if r.name == "COVERS"]
    left = _described(planned, network.table("COVERS").select("source", "target"))
    right = _described(founded, pl.concat([pl.DataFrame(schema={"source": pl.String, "target": pl.String}), *covers]))
    found: list[Confirmation] = []
    for how in ("id", "name", "members"):
        pairs = _pairs(left, right, how)
        found += [Confirmation(*row) for row in pairs.iter_rows()]
        left = left.filter(~pl.col("id").is_in(pairs["planned"].implode()))
        right = right.filter(~pl.col("id").is_in(pairs["founded"].implode()))
    return sorted(found, key=lambda each: each.planned)


def _described(party: pl.DataFrame, covers: pl.DataFrame) -> pl.DataFrame:
    """`id`, `name` with what each can be known by: `key_id`, `key_name`, `key_members` (two or more organisations)."""
    members = covers.unique().group_by("source").agg(pl.col("target").sort(), pl.len().alias("organizations"))
    described = party.join(members, left_on="id", right_on="source", how="left", maintain_order="left")
    several = pl.col("organizations") > 1
    return described.select(
        "id",
        "name",
        pl.col("organizations").fill_null(0),
        pl.col("id").alias("key_id"),
        normalised_name(pl.col("name")).alias("key_name"),
        pl.when(several).then(pl.col("target").list.join("\n")).alias("key_members"),
    )


def _pairs(left: pl.DataFrame, right: pl.DataFrame, how: How) -> pl.DataFrame:
    key = f"key_{how}"
    once = [frame.drop_nulls(key).filter(pl.col(key).is_unique()) for frame in (left, right)]
    both = once[0].join(once[1], on=key, how="inner", suffix="_right", maintain_order="left")
    return both.select(
        pl.col("id").alias("planned"),
        pl.col("id_right").alias("founded"),
        pl.col("name").alias("planned_name"),
        pl.col("name_right").alias("founded_name"),
        pl.lit(how).alias("how"),
        pl.col("organizations_right"),
    )


def confirmed(raws: Iterable[Raw], chosen: Sequence[Confirmation]) -> list[Raw]:
    """The ledger's rows with the founded Party organisations under the ids of the planned ones that they confirm.

    Imported so, the planned Party organisation and its COVERS become actual. Errors: `Refusal` where one Party
    organisation is chosen twice.
    """
    for side in ("planned", "founded"):
        ids = [str(getattr(each, side)) for each in chosen]
        if again := next((one for one in ids if ids.count(one) > 1), None):
            message = Text(f"“{again}”选了两次。", f'"{again}" is chosen twice.')
            raise Refusal(message, Text("一个只能确认一次。", "Each is confirmed once."), "confirmed-twice")
    renamed = {each.founded: each.planned for each in chosen if each.founded != each.planned}
    return [replace(raw, frame=_renamed(raw, renamed)) for raw in raws] if renamed else list(raws)


def _renamed(raw: Raw, ids: Mapping[str, str]) -> pl.DataFrame:
    if raw.name == _PARTY:
        return raw.frame.with_columns(pl.col("id").replace(ids))
    ends = [end for end, kind in _ENDS.items() if kind in raw.frame.columns]
    return raw.frame.with_columns(
        pl.when(pl.col(_ENDS[end]) == _PARTY).then(pl.col(end).replace(ids)).otherwise(end).alias(end) for end in ends
    )
