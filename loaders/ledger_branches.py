"""Which Party organisation covers each row of a ledger, and under which superior? Own branches, and joint ones that meet."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.choices import PartyForm, PartyLevel
from graphmodel.identity import joint_party_organization_id, normalised_name, own_party_organization_id
from graphmodel.network import Network
from graphmodel.tables import Tables
from graphmodel.text import Text
from loaders.ledger_facts import FOUNDED_ON, PARTY, PLANNED_ON
from loaders.ledger_remarks import Remarks
from loaders.names import Directory, asked_back, of_distinct, stated
from loaders.raw import Raw

_SUFFIX = {level.value: level.title.zh for level in PartyLevel}
_ABOVE = (PartyLevel.COMMITTEE, PartyLevel.WORK_COMMITTEE, PartyLevel.GENERAL_BRANCH)  # who may stand above another
_BODIES = ("Authority", "Street", "Community", "Hub", "GoverningBody")
_JOINT = pl.col("form") == PartyForm.JOINT.value


class PartyNames:
    """Party organisations by name, their bodies' names next, of the network and of what is imported with the ledger."""

    def __init__(self, existing: Network | Tables | None, raws: Sequence[Raw]) -> None:
        self.party = stated("PartyOrganization", ("id", "name", "form", "aliases"), existing, raws)
        bodies = pl.concat([stated(name, ("id", "name", "aliases"), existing, raws) for name in _BODIES])
        of_body = stated("PARTY_BODY_OF", ("source", "target"), existing, raws)
        named = of_body.join(bodies, left_on="target", right_on="id", how="inner")
        self.bodies = pl.concat([named.select(id="source", name=name) for name in ("name", "aliases")]).unique()
        self.known = Directory(self.party, self.bodies)
        self.joint = self.party.filter(_JOINT).select(node="id", key=normalised_name(pl.col("name"))).unique()
        self.covers = stated("COVERS", ("source", "target"), existing, raws).unique()
        self.superiors = stated("SUBORDINATE_TO", ("source", "target"), existing, raws).unique()

    def same_branch(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Which joint branch that is known already is each of the ledger's? `key`, `anchor`, `node`.

        Parameters: `rows` one row an organisation: `key` and `anchor` of its branch, `superior`, and its own `id`.
        They are one where they have a name and members in common, whatever else has become known of them since; of
        several, those with most members in common. Without such a one, the only branch of that name is taken, unless
        it has another superior. Cost: three joins over the rows.
        """
        known = rows.join(self.joint, on="key")
        branch, other = ["key", "anchor"], pl.col("target") != pl.col("superior")
        shared = known.join(self.covers, left_on=["node", "id"], right_on=["source", "target"], how="semi")
        ranked = shared.group_by(*branch, "node").len().sort(["len", "node"], descending=[True, False])
        met = ranked.unique(branch, keep="first", maintain_order=True).unique("node", keep="first", maintain_order=True)
        alone = (pl.col("anchor").n_unique().over("key") == 1) & (pl.col("node").n_unique().over("key") == 1)
        elsewhere = known.join(self.superiors, left_on="node", right_on="source").filter(other)
        only = known.filter(alone).join(met, on=branch, how="anti").join(elsewhere, on=[*branch, "node"], how="anti")
        return pl.concat([met.select(*branch, "node"), only.select(*branch, "node").unique()])


def add_branch(rows: pl.DataFrame, names: PartyNames, remarks: Remarks) -> pl.DataFrame:
    """The rows with `branch`, `branch_name`, `superior_id` and the branch's own fields, in all its rows alike.

    A standalone or functional branch, and one whose form is not told, is the organisation's own (`po:<organisation>`).
    Rows that name one joint branch meet in `joint:<superior>:<name>`, the superior as it is written where it is not
    known. Where some of them leave out the superior, that of the others is taken, with a notice; where two superiors
    are named, these are two branches, and a row that names none is an error. Where nobody names one, the street stands
    in for the superior, so that each street has a branch of its own, with a notice. Without a street it is `-`. A
    branch that is known already keeps its id, though its superior has become known since: see `same_branch`.
    """
    active = pl.col("@state").is_not_null()
    suffix = pl.col("level").replace_strict(_SUFFIX, default="党组织", return_dtype=pl.String)
    own = pl.when(active & ~_JOINT.fill_null(value=False))
    rows = rows.with_columns(
        own.then(own_party_organization_id(pl.col("id"))).alias("branch"),
        own.then(pl.concat_str(pl.col("name"), suffix)).alias("branch_name"),
    )
    rows = _superiors(rows, names, remarks)
    rows = _joint_ids(rows, names, remarks)
    _unused(rows, remarks)
    return _agreed(rows, remarks)


def _superiors(rows: pl.DataFrame, names: PartyNames, remarks: Remarks) -> pl.DataFrame:
    """`superior_id` by 审批单位; one that is not known stays unknown, with a notice."""
    above = rows.filter(pl.col("level").is_in([level.value for level in _ABOVE]) & pl.col("branch").is_not_null())
    inside = above.select(id="branch", name="branch_name")
    directory = Directory(names.party, pl.concat([names.bodies, inside])) if inside.height else names.known
    found = directory.find(rows["superior"])
    rows = rows.with_columns(pl.when(pl.col("@state").is_not_null()).then(found["id"]).alias("superior_id"))
    lost = rows.filter(
        pl.col("@state").is_not_null() & pl.col("superior").is_not_null() & pl.col("superior_id").is_null()
    )
    if lost.height:
        near = names.known.nearest(lost["superior"].unique())
        plain = Text(
            "如需记录隶属关系，请先录入这个党组织或更正名称。", "Add this Party organisation or correct the name."
        )
        asked = {name: asked_back(others) for name, others in near.items()}
        hints = {name: Text(ask.zh + plain.zh, f"{ask.en} {plain.en}") for name, ask in asked.items()}
        message = Text(
            "不是已知的党组织（或不止一个），上级按未知记录。",
            "is no known Party organisation (or several); the superior stays unknown.",
        )
        remarks.notice_by_value(lost, "superior", "unknown-superior", message, hints, plain)
    return rows


def _joint_ids(rows: pl.DataFrame, names: PartyNames, remarks: Remarks) -> pl.DataFrame:
    joint = rows.filter(pl.col("@state").is_not_null() & _JOINT & pl.col("joint-name").is_not_null())
    key = of_distinct(joint["joint-name"], normalised_name(pl.col("text"))).alias("key")
    written = of_distinct(joint["superior"], normalised_name(pl.col("text"))).alias("written")
    joint = joint.select("@at", "@table", "@row", "id", "joint-name", "superior_id", "street_id", key, written)
    per_name = joint.group_by("key").agg(
        pl.col("superior_id").drop_nulls().n_unique().alias("superiors"),
        pl.col("superior_id").drop_nulls().first().alias("only"),
        pl.col("written").drop_nulls().n_unique().alias("writings"),
        pl.col("written").drop_nulls().first().alias("only_written"),
        pl.col("street_id").n_unique().alias("streets"),
        pl.col("joint-name").first().alias("shown"),
    )
    joint = joint.join(per_name, on="key", how="left", maintain_order="left")
    silent, unwritten = pl.col("superior_id").is_null(), pl.col("written").is_null()
    several_written = unwritten & (pl.col("superiors") == 0) & (pl.col("writings") > 1)
    remarks.reject(
        joint.filter(silent & (pl.col("superiors") > 1) | several_written), "joint-name", "joint-superior-unclear",
        Text("这个名称的联合支部有几个上级，本行没有写明（或写的不是已知的）审批单位。",
             "Joint branches of this name have several superiors, and this row names none, or none that is known."),
        Text("请填审批单位。", "Enter 审批单位, the superior."),
    )  # fmt: skip
    remarks.notice(
        joint.filter(pl.col("superiors") > 1).unique("key", maintain_order=True), "joint-name", "joint-name-shared",
        Text("几个上级下有同名的联合支部，按上级分别记录。", "Joint branches of one name under several superiors are recorded apart."),
        Text("如果是同一个支部，请统一审批单位。", "If they are one, make 审批单位 alike."),
    )  # fmt: skip
    remarks.notice(
        joint.filter(silent & (pl.col("superiors") == 1)), "joint-name", "joint-superior-taken",
        Text("本行没有写审批单位，上级按同一联合支部的其他行记录。", "The superior is taken from the other rows of the joint branch."),
        Text("请补上审批单位。", "Enter 审批单位."),
    )  # fmt: skip
    anchor = pl.coalesce("superior_id", "only", "written", "only_written", "street_id").fill_null("-")
    joint = joint.with_columns(anchor.alias("anchor"), pl.coalesce("superior_id", "only").alias("superior"))
    same = names.same_branch(joint.select("key", "anchor", "superior", "id"))
    joint = joint.join(same, on=["key", "anchor"], how="left", maintain_order="left")
    nowhere = (pl.col("superiors") == 0) & (pl.col("writings") == 0) & pl.col("node").is_null()
    remarks.notice(
        joint.filter(nowhere & (pl.col("streets") > 1)).unique("key", maintain_order=True), "joint-name", "joint-branch-by-street",
        Text("都没有写审批单位，按街道分别记录为几个同名联合支部。", "No row names its superior: recorded as one joint branch a street."),
        Text("如果是同一个支部，请填审批单位。", "If it is one branch, enter 审批单位."),
    )  # fmt: skip
    found = joint.select(
        "@at",
        pl.coalesce("node", joint_party_organization_id(pl.col("anchor"), pl.col("key"))).alias("@branch"),
        pl.col("superior").alias("@superior"),
        pl.col("shown").alias("@name"),
    )
    rows = rows.join(found, on="@at", how="left", maintain_order="left")
    return rows.with_columns(
        pl.coalesce("branch", "@branch").alias("branch"),
        pl.coalesce("branch_name", "@name").alias("branch_name"),
        pl.coalesce("superior_id", "@superior").alias("superior_id"),
    ).drop("@branch", "@superior", "@name")


def _agreed(rows: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """`@branch_…` fields on which all rows of a branch agree; where they do not, the field stays unknown."""
    fields = [key for key in rows.columns if key.startswith(PARTY)] + [PLANNED_ON, "level"]
    bad = pl.col("@at").is_in(remarks.rejected.implode())
    told = rows.filter(pl.col("branch").is_not_null() & ~bad)
    alone = pl.len().over("branch") == 1
    shared = told.filter(~alone)
    agreed = shared.group_by("branch", maintain_order=True).agg(
        *(pl.col(f).drop_nulls().n_unique().alias(f"{f}#") for f in fields),
        *(pl.col(f).drop_nulls().first().alias(f"@branch_{f}") for f in fields),
        pl.col("@state").min().alias("@branch_state"),  # "actual" before "planned": one founded row founds it
    )
    for field in (f for f in fields if f != PLANNED_ON):
        differing = agreed.filter(pl.col(f"{field}#") > 1)["branch"]
        key = field if field != "level" else "joint-name"
        remarks.notice(
            shared.filter(pl.col("branch").is_in(differing.implode())).unique("branch", maintain_order=True), key,
            "joint-branch-rows-differ",
            Text("同一联合支部的各行写法不同，支部的这一项按未知记录。", "The rows of one joint branch differ on this; it stays unknown for the branch."),
            Text("请统一各行。", "Make the rows alike."),
        )  # fmt: skip
    one = [pl.when(pl.col(f"{f}#") <= 1).then(f"@branch_{f}").alias(f"@branch_{f}") for f in fields]
    rows = rows.join(
        agreed.select("branch", "@branch_state", *one, shared=pl.lit(value=True)),
        on="branch",
        how="left",
        maintain_order="left",
    )
    is_shared = pl.col("shared").fill_null(value=False)
    return rows.with_columns(
        *(pl.when(is_shared).then(f"@branch_{f}").otherwise(f).alias(f"@branch_{f}") for f in fields),
        pl.when(is_shared).then("@branch_state").otherwise("@state").alias("@branch_state"),
    ).drop("shared")


def _unused(rows: pl.DataFrame, remarks: Remarks) -> None:
    """A notice where a row tells of a Party organisation's superior or fields, and not that there is one."""
    fields = [key for key in rows.columns if key.startswith(PARTY) and key != FOUNDED_ON]
    for key in (*fields, "superior"):
        remarks.notice(
            rows.filter(pl.col("@state").is_null() & pl.col(key).is_not_null()), key, "no-party-organization-told",
            Text("没有写明有党组织，这一项没有采用。", "No Party organisation is told of in these rows; this was not used."),
            Text("有党组织的，请填党组织设置和组织建制。", "Where there is one, fill in 党组织设置 and 组织建制."),
        )  # fmt: skip
