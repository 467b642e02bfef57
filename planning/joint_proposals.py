"""How do places in joint branches read as proposals? One for each unit that joins, one for each new branch (N2, J6)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel import identity
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import Community, Organization, PartyOrganization, Street
from graphmodel.text import Text
from planning import candidates, rules
from planning.distance import Places, between, words
from planning.founding import Foundation, cover, found, foundation_reasons, street_superiors, venues
from planning.joint_state import JointBranches, seats
from planning.joints import Joined, limits
from planning.plan import DORMANT, ActionKind, RunnerUp, Solved, Status, Unplaced
from planning.problem import Draft, Ints, Part, Problem


def joined_parts(problem: Problem, joints: JointBranches, joined: Joined) -> tuple[Part, Part]:
    """Places in existing branches, and new branches, as two parts; what is left over stands in the first."""
    placed = set(joined.wanted.tolist()) - set(joined.left)
    rows = [(b, o) for b, units in sorted(joints.joined.items()) for o in units if o in placed]
    units = pl.DataFrame(rows, schema={"branch": pl.Int64, "organization": pl.Int64}, orient="row")
    everybody = pl.concat([joints.units, units])
    seat = seats(everybody, len(joints.room), joints.where)
    who, branch = units["organization"].to_numpy(), units["branch"].to_numpy()
    units = units.with_columns(far=pl.Series(between(problem.context, joints.where.take(who), seat.take(branch))))
    old = units.filter(pl.col("branch") < joints.existing).sort("organization")
    new = units.filter(pl.col("branch") >= joints.existing).sort("branch", "organization")
    joins = _joins(problem, joints, old)
    _left(joins, problem, joined)
    _judged(joins, joined, len(placed))
    return joins, _new_branches(problem, joints, new, seat)


def _how_related(near: bool) -> Text:
    return _NEAR if near else _LIKE


_NEAR = Text("各成员同在一街道或相邻街道", "its units are in the same street or neighbouring ones")
_LIKE = Text("各成员属同一行业", "its units are of one industry")
_OTHER = Text("{branch}：距离{cost:+g}", "{branch}: distance {cost:+g}")
_AS_NEAR = Text("{branch}：一样近", "{branch}: as near")
_MIXED = Text(
    "；此前为同一行业，就近也可加入，支部名称不变",
    "; they were of one before: who is near may join all the same, and the branch keeps its name",
)
_NONE_FOUNDED = Text("不需新建支部", "no branch is founded")


def _joins(problem: Problem, joints: JointBranches, units: pl.DataFrame) -> Part:
    part, k = Part(ActionKind.JOIN_JOINT), units.height
    who, branch, far = (units[c].to_numpy() for c in ("organization", "branch", "far"))
    own, own_names = problem.ids(Organization, who), problem.names(Organization, who)
    ids, names = problem.ids(PartyOrganization, branch), problem.names(PartyOrganization, branch)
    cover(part, np.arange(k), ids, own)
    runners = _runners_up(problem, joints, units, by_trade=True)
    most, least = limits(problem).most, limits(problem).least
    near, _ = _relations(problem, joints, branch)
    before = np.bincount(joints.units["branch"].to_numpy(), minlength=len(joints.room))
    count = before[branch] + 1
    trades = _industries(joints, branch)
    mixed = (trades > 1) & (_industries(joints, branch, before=True) == 1)
    for i in range(k):
        target = NodeKey(PartyOrganization.type_name, ids[i])
        reasons = (
            rules.UNITS.reason(n=int(count[i]), least=least, most=most),
            rules.RELATED.reason(how=_how_related(bool(near[i]))),
            rules.SPREAD_ONE.reason(float(far[i]), how=words(int(far[i]))),
            rules.FEW_BRANCHES.reason(0.0, how=_NONE_FOUNDED),
            rules.ONE_INDUSTRY.reason(float(trades[i] - 1), n=int(trades[i]), more=_MIXED if mixed[i] else ""),
        )
        title = _JOIN.format(org=own_names[i], branch=names[i])
        subject = NodeKey(Organization.type_name, own[i])
        part.drafts.append(Draft((subject,), target, title, reasons, runners[i]))
    return part


def _industries(joints: JointBranches, branch: Ints, *, before: bool = False) -> np.ndarray:
    """For each row: of how many industries are the units of its branch, with all that the plan places or `before` it?"""
    units = joints.units if before else joints.units_now()
    trades = units.select("branch", pl.Series("trade", np.array(joints.trades)[units["organization"].to_numpy()]))
    counts: np.ndarray = np.bincount(trades.unique()["branch"].to_numpy(), minlength=len(joints.room))
    return counts[branch]


def _relations(problem: Problem, joints: JointBranches, branch: Ints) -> tuple[np.ndarray, np.ndarray]:
    """For each row: are the units of its branch near each other, of one industry, with all that the plan places?"""
    units = joints.units_now()
    n = len(joints.room)
    near, like = candidates.related(problem.context, units["branch"].to_numpy(), units["organization"].to_numpy(), n)
    return near[branch], like[branch]


def _runners_up(
    problem: Problem, joints: JointBranches, units: pl.DataFrame, *, by_trade: bool
) -> list[RunnerUp | None]:
    """For each row, the nearest other existing branch that still has room and was not refused, and how much further it is.

    A branch of its industry anywhere is one where `by_trade`; who founds looks near only.
    """
    found: list[RunnerUp | None] = [None] * units.height
    if not units.height:
        return found
    rows = units.with_row_index("row").select("row", "organization", chosen="branch", chosen_far="far")
    other = joints.options(units["organization"].unique().sort().to_numpy(), by_trade=by_trade)
    other = other.filter(pl.col("branch") < joints.existing)
    pairs = sorted(problem.refused_pairs(ActionKind.JOIN_JOINT, Organization, PartyOrganization))
    refused = pl.DataFrame(pairs, schema={"organization": pl.Int64, "branch": pl.Int64}, orient="row")
    other = other.join(refused, on=["organization", "branch"], how="anti")
    best = (
        rows.join(other, on="organization")
        .filter(pl.col("branch") != pl.col("chosen"))
        .sort("row", "far", "branch")
        .unique("row", keep="first", maintain_order=True)
    )
    branch = best["branch"].to_numpy()
    told = zip(
        best["row"], problem.ids(PartyOrganization, branch), problem.names(PartyOrganization, branch),
        (best["far"] - best["chosen_far"]).to_list(), strict=True,
    )  # fmt: skip
    for row, id_, name, more in told:
        said = (_OTHER if more else _AS_NEAR).format(branch=name, cost=more)
        found[row] = RunnerUp(
            NodeKey(PartyOrganization.type_name, id_), name, {rules.SPREAD_ONE.name: float(more)}, said
        )
    return found


_JOIN = Text("{org}：加入“{branch}”", "{org}: joins '{branch}'")
_NEW = Text("新建“{branch}”：{orgs}", "found '{branch}': {orgs}")
_FOUNDED = Text("近处现有联合支部余位不足，新建1个", "joint branches near have too little room: one is founded")


def _new_branches(problem: Problem, joints: JointBranches, units: pl.DataFrame, seat: Places) -> Part:
    part = Part(ActionKind.NEW_JOINT)
    if not units.height:
        return part
    branches, page = np.unique(units["branch"].to_numpy(), return_inverse=True)
    who = units["organization"].to_numpy()
    full = candidates.full_members(problem.context).lo
    members = np.bincount(page, weights=full[who]).astype(np.int64)
    at = seat.take(branches)
    above = street_superiors(problem, at.street)
    ids, names = _named(problem, at, above)
    founded = Foundation(np.arange(len(branches)), ids, names, members, above, venues(problem, at))
    found(part, problem, founded, "joint")
    own, own_names = problem.ids(Organization, who), problem.names(Organization, who)
    cover(part, page, [ids[k] for k in page], own)
    near, _ = _relations(problem, joints, branches)
    counts = np.bincount(page)
    starts = np.concatenate(([0], np.cumsum(counts)))
    spread = np.bincount(page, weights=units["far"].to_numpy()).astype(np.int64)
    industries = _industries(joints, branches)
    runners = _runners_up(problem, joints, units, by_trade=False)
    limit = limits(problem)
    said = foundation_reasons(problem, founded)
    for k in range(len(branches)):
        rows = range(int(starts[k]), int(starts[k + 1]))
        reasons = (
            rules.UNITS.reason(n=int(counts[k]), least=limit.least, most=limit.most),
            rules.TOGETHER.reason(least=limit.members),
            rules.RELATED.reason(how=_how_related(bool(near[k]))),
            *said[k],
            rules.SPREAD.reason(float(spread[k])),
            rules.FEW_BRANCHES.reason(1.0, how=_FOUNDED),
            rules.ONE_INDUSTRY.reason(float(industries[k] - 1), n=int(industries[k]), more=""),
        )
        subjects = tuple(NodeKey(Organization.type_name, own[i]) for i in rows)
        title = _NEW.format(branch=names[k], orgs="、".join(own_names[i] for i in rows))
        part.drafts.append(Draft(subjects, None, title, reasons, runners[starts[k]]))
    return part


def _named(problem: Problem, at: Places, above: Ints) -> tuple[list[str], list[str]]:
    """Ids and names of new joint branches: by the place of their seat, numbered where that place has one already."""
    frame = problem.network[PartyOrganization].frame
    superior = [*frame["id"].to_list(), None]
    street = [*problem.network[Street].ids.to_list(), None]
    community = [*problem.names(Community, np.arange(len(problem.network[Community]))), None]
    streets = [*problem.names(Street, np.arange(len(problem.network[Street]))), None]
    over = [superior[above[k]] or street[at.street[k]] for k in range(len(above))]
    where = [community[at.community[k]] or streets[at.street[k]] or "行业" for k in range(len(above))]
    numbers: dict[tuple[str | None, str], int] = {}
    names, ids = [""] * len(over), [""] * len(over)
    taken, left = set(superior), list(range(len(over)))
    while left:  # a number that the network has already is passed over
        for k in left:
            number = numbers[over[k], where[k]] = numbers.get((over[k], where[k]), 0) + 1
            names[k] = f"{where[k]}社会组织{'' if number == 1 else f'第{number}'}联合党支部"
        frame = pl.DataFrame(
            {"over": [over[k] for k in left], "name": [names[k] for k in left]}, {"over": pl.String, "name": pl.String}
        )
        made = frame.select(identity.joint_party_organization_id(pl.col("over"), pl.col("name"))).to_series().to_list()
        for k, id_ in zip(left, made, strict=True):
            ids[k] = id_
        left = [k for k in left if ids[k] in taken]
    return ids, names


_STRONG = (
    Text("正式党员已够单独组建，不再联建", "it has full members enough for a branch of its own, so it joins none"),
    Text("单独组建党支部", "a branch of its own"),
)
_UNKNOWN = (
    Text(
        "正式党员人数不详，不能判定应单独组建还是联建",
        "its full members are not known: own branch or joint one cannot be told",
    ),
    Text("补录正式党员数", "record the number of full members"),
)
_NO_ROOM = (
    Text(
        "近处和同行业的联合支部没有余位，也凑不足合规的新支部",
        "no joint branch near or of its industry has room, and those left are not enough for a new one",
    ),
    Text(
        "近处任一联合支部增加一个余位，或核实其所在社区和行业",
        "one more room in a joint branch near, or check its community and industry",
    ),
)


def _left(part: Part, problem: Problem, joined: Joined) -> None:
    """Why somebody uncovered has no place, and what would change that."""
    for rows, said in (
        (joined.strong, _STRONG),
        (joined.unknown, _UNKNOWN),
        (joined.dormant, DORMANT),
        (np.array(joined.left, dtype=np.int64), _NO_ROOM),
    ):
        for id_ in problem.ids(Organization, rows):
            key = NodeKey(Organization.type_name, id_)
            part.unplaced.append(Unplaced(part.kind, key, f"uncovered|{key.type}|{id_}", *said))


def _judged(part: Part, joined: Joined, placed: int) -> None:
    if not len(joined.wanted):
        return
    gap = (joined.bound - placed) / joined.bound if joined.bound else 0.0
    status: Status = "optimal" if placed == joined.bound else "feasible"
    covered = Text("纳入联合党支部的组织", "organisations placed in joint branches")
    part.solved.append(Solved("joint-cover", covered, status, placed, joined.bound, gap, len(joined.wanted), _IN_ORDER))


_IN_ORDER = Text(
    "联合党支部：证明的是纳入的家数。其次的距离最小、再次的新建最少，在每个街道内求得最优，跨街道的逐个就近安排，没有证明",
    "joint branches: what is proven is how many are placed. That they are close together, and then that few branches are founded, is best within "
    "each street; over the borders of streets each goes where it is nearest, and that is not proven",
)
