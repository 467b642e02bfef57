"""Who founds a branch of its own, and what becomes of the joint branch that it leaves (N1, N2)?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphmodel import identity
from graphmodel.network import deletion
from graphmodel.paths import NodeKey
from graphmodel.schema.edges import Covers, SubordinateTo
from graphmodel.schema.nodes import Organization, PartyOrganization
from graphmodel.text import Text
from graphmodel.vectors import INT_HI, Flags
from planning import candidates, rules
from planning.distance import places
from planning.founding import Foundation, cover, found, foundation_reasons, superiors, venues
from planning.joint_state import JointBranches
from planning.plan import ActionKind, Reason, Unplaced
from planning.problem import Draft, Ints, Part, Problem, rows_of
from queries.branches import JOINT, UNIT
from queries.facts import OPERATING, actual

_QUESTION = "branch-required"


def own_branches(problem: Problem, joints: JointBranches) -> Part:
    """A branch of its own for everybody who must have one; `joints` learns who leaves and who moves.

    Those who leave one joint branch found theirs in one action where it would not stay sound without all of them; what
    is left of it then moves to other joint branches, and it is dissolved.
    """
    part = Part(ActionKind.STANDALONE)
    gap = problem.gap(_QUESTION)
    taken, refused = _id_taken(problem), problem.refused_subjects(ActionKind.STANDALONE, Organization)
    exits = _exits(problem, joints, rows_of(gap & ~taken & ~refused).astype(np.int64))
    if len(exits.founders):
        _write(part, problem, exits)
    for rows, said in (
        (rows_of(gap & refused), _REFUSED),
        (rows_of(gap & taken & ~refused), _TAKEN),
        (exits.stuck, _STUCK),
    ):
        for id_ in problem.ids(Organization, rows):
            key = NodeKey(Organization.type_name, id_)
            part.unplaced.append(Unplaced(part.kind, key, f"{_QUESTION}|{key.type}|{id_}", *said))
    return part


def _id_taken(problem: Problem) -> Flags:
    """bool[n]: is there a Party organisation under the id that its own branch would have?"""
    ids = problem.network[Organization].ids
    own = pl.select(identity.own_party_organization_id(pl.lit(ids))).to_series()
    return np.asarray(problem.network[PartyOrganization].find(own) >= 0)


@dataclass(frozen=True, slots=True)
class _Exits:
    """Who founds, and what leaving does.

    `founders` int64[k] by action, `page` int64[k] the action of each; `stuck` those who cannot leave; `moves` frame of
    `page`, `organization`, `home`; `dissolved` frame of `page`, `branch`, `rest` (how many move).
    """

    founders: Ints
    page: Ints
    stuck: Ints
    moves: pl.DataFrame
    dissolved: pl.DataFrame


def _exits(problem: Problem, joints: JointBranches, leavers: Ints) -> _Exits:
    n = len(problem.network[Organization])
    place = np.full(n, -1, dtype=np.int64)
    place[leavers] = np.arange(len(leavers))
    units = joints.units.with_columns(leaver=pl.Series(place[joints.units["organization"].to_numpy()]))
    left = units.filter(pl.col("leaver") >= 0)["branch"].unique().sort()
    stays = units.filter((pl.col("leaver") < 0) & pl.col("branch").is_in(left.to_list()))
    inactive = OPERATING.evaluate(problem.network[Organization], problem.context).no  # who keeps no place
    broken = _broken(problem, left.to_numpy(), stays)
    goes = units.filter((pl.col("leaver") >= 0) & pl.col("branch").is_in(broken.tolist()))
    group, of_branch = _groups(len(leavers), goes["leaver"].to_numpy(), np.searchsorted(broken, goes["branch"]), broken)
    rooms = [joints.room[branch] for branch in broken]
    for branch in broken:
        joints.room[branch] = 0  # nobody moves to what is to be dissolved
    joints.look(stays.filter(pl.col("branch").is_in(broken.tolist()))["organization"].unique().to_numpy(), set())
    fixed, lost = _superiors_of_others(problem), set[int]()
    moves: list[tuple[int, int, int]] = []
    dissolved: list[tuple[int, int, int]] = []
    for number in np.unique(of_branch).tolist():
        branches = broken[of_branch == number].tolist()
        there = stays.filter(pl.col("branch").is_in(branches))["organization"].unique().sort().to_list()
        rest = [one for one in there if not inactive[one]]
        homes = None if fixed[branches].any() else joints.rehouse(rest)
        if homes is None:
            lost.add(number)
            for branch in branches:
                joints.room[branch] = rooms[int(np.searchsorted(broken, branch))]
            continue
        moves += [(number, o, h) for o, h in zip(rest, homes, strict=True)]
        dissolved += [(number, b, len(rest)) for b in branches]
    stuck = np.isin(group, sorted(lost))
    numbers, page = np.unique(group[~stuck], return_inverse=True)
    order = np.argsort(page, kind="stable")

    def paged(rows: list[tuple[int, int, int]], *names: str) -> pl.DataFrame:
        frame = pl.DataFrame(rows, schema=dict.fromkeys(("group", *names), pl.Int64), orient="row")
        return frame.with_columns(page=pl.Series(np.searchsorted(numbers, frame["group"].to_numpy()), dtype=pl.Int64))

    return _Exits(
        leavers[~stuck][order],
        page[order].astype(np.int64),
        leavers[stuck],
        paged(moves, "organization", "home"),
        paged(dissolved, "branch", "rest"),
    )


def _groups(leavers: int, who: Ints, which: Ints, broken: Ints) -> tuple[Ints, Ints]:
    """Leavers and the branches that break with them, numbered alike where they have to do with each other."""
    size = leavers + len(broken)
    links = coo_array((np.ones(len(who), dtype=np.int8), (who, leavers + which)), shape=(size, size))
    label = connected_components(links, directed=False)[1].astype(np.int64)
    return label[:leavers], label[leavers:]


def _broken(problem: Problem, left: Ints, stays: pl.DataFrame) -> Ints:
    """Which of the branches that are left would be too small, or certainly too weak, without their leavers."""
    values = problem.context.values
    most = np.minimum(candidates.full_members(problem.context).hi, INT_HI // 1000)[stays["organization"].to_numpy()]
    at = np.searchsorted(left, stays["branch"].to_numpy())
    count = np.bincount(at, minlength=len(left))
    members = np.bincount(at, weights=most.astype(np.float64), minlength=len(left))
    sound = (count >= values.integer("joint_min_units")) & (members >= values.integer("joint_min_members"))
    return left[~sound]


def _superiors_of_others(problem: Problem) -> Flags:
    """bool[Party organisations]: is it somebody's superior?"""
    mask = np.zeros(len(problem.network[PartyOrganization]), dtype=np.bool_)
    mask[problem.network.edges(SubordinateTo, PartyOrganization, PartyOrganization).target] = True
    return mask


def _write(part: Part, problem: Problem, exits: _Exits) -> None:
    context, founders, page = problem.context, exits.founders, exits.page
    ids, names = problem.ids(Organization, founders), problem.names(Organization, founders)
    own = pl.select(identity.own_party_organization_id(pl.lit(pl.Series(ids)))).to_series().to_list()
    full = candidates.full_members(context)
    above = superiors(problem, founders)
    where = places(context, Organization).take(founders)
    members = np.where(full.lo == full.hi, full.lo, -1)[founders]
    new = Foundation(page, own, [f"{name}党支部" for name in names], members, above, venues(problem, where))
    found(part, problem, new, "standalone")
    cover(part, page, own, ids)
    pages = int(page[-1]) + 1
    told: list[list[Text]] = [[] for _ in range(pages)]
    reasons: list[list[Reason]] = [[] for _ in range(pages)]
    subjects: list[list[NodeKey]] = [[] for _ in range(pages)]
    titles: list[list[str]] = [[] for _ in range(pages)]
    least = context.values.integer("branch_min_members")
    for k, founded in enumerate(foundation_reasons(problem, new)):
        at = page[k]
        reasons[at] += [rules.STRENGTH.reason(least=least), *founded]
        subjects[at].append(NodeKey(Organization.type_name, ids[k]))
        titles[at].append(names[k])
    _leave(part, problem, exits, reasons, told)
    _move(part, problem, exits, reasons, told)
    for at in range(pages):
        title = _TITLE.format(orgs="、".join(titles[at]))
        part.drafts.append(Draft(tuple(subjects[at]), None, title, tuple(reasons[at]), None, tuple(told[at])))


def _leave(part: Part, problem: Problem, exits: _Exits, reasons: list[list[Reason]], told: list[list[Text]]) -> None:
    """End the founders' places in joint branches; those that are not dissolved stay sound."""
    page = np.full(len(problem.network[Organization]), -1, dtype=np.int64)
    page[exits.founders] = exits.page
    joint = JOINT.evaluate(problem.network[PartyOrganization], problem.context).yes
    edges, holds = UNIT.truth(actual(UNIT), problem.context)
    ended = np.flatnonzero(holds.yes & joint[edges.source] & (page[edges.target] >= 0))
    gone = np.zeros(len(joint), dtype=np.bool_)
    gone[exits.dissolved["branch"].to_numpy()] = True
    kept = ended[~gone[edges.source[ended]]]  # a dissolved branch takes its relations with it
    part.end(Covers.type_name, page[edges.target[kept]], problem.edge_rows(edges, kept))
    for place, name in zip(ended, problem.names(PartyOrganization, edges.source[ended]), strict=True):
        at = page[edges.target[place]]
        told[at].append(_LEAVES.format(branch=name))
        if not gone[edges.source[place]]:
            reasons[at].append(rules.MENDED.reason(how=_STAYS_SOUND.format(branch=name)))


def _move(part: Part, problem: Problem, exits: _Exits, reasons: list[list[Reason]], told: list[list[Text]]) -> None:
    """Dissolve what does not stay sound, and house the rest of it."""
    branches, moves = exits.dissolved["branch"].to_numpy(), exits.moves
    if not len(branches):
        return
    ids = problem.ids(PartyOrganization, branches)
    of_branch = dict(zip(ids, exits.dissolved["page"], strict=True))
    for name, delta in deletion(problem.planned, PartyOrganization, pl.Series(ids)).deltas.items():
        ends = [c for c in ("id", "source", "target") if c in delta.before.columns]
        found_in = [delta.before[c].replace_strict(of_branch, default=None, return_dtype=pl.Int64) for c in ends]
        part.end(name, pl.select(pl.coalesce(found_in)).to_series().to_numpy(), delta.before)
    homes, moved = moves["home"].to_numpy(), moves["organization"].to_numpy()
    own = problem.ids(Organization, moved)
    cover(part, moves["page"].to_numpy(), problem.ids(PartyOrganization, homes), own)
    rows = zip(
        exits.dissolved["page"], problem.names(PartyOrganization, branches), exits.dissolved["rest"], strict=True
    )
    for at, name, rest in rows:
        reasons[at].append(rules.MENDED.reason(how=_DISSOLVED.format(branch=name, n=rest)))
    names = zip(moves["page"], problem.names(Organization, moved), problem.names(PartyOrganization, homes), strict=True)
    for at, name, home in names:
        told[at].append(_MOVES.format(org=name, branch=home))


_TITLE = Text("{orgs}：单独组建党支部", "{orgs}: a branch of its own")
_LEAVES = Text("退出联合党支部“{branch}”", "leaves the joint branch '{branch}'")
_STAYS_SOUND = Text("退出后“{branch}”仍合规", "'{branch}' stays sound without it")
_DISSOLVED = Text(
    "“{branch}”撤销，其余{n}家转入其他联合党支部", "'{branch}' is dissolved, the other {n} move to other joint branches"
)
_MOVES = Text("{org}转入“{branch}”", "{org} moves to '{branch}'")
_REFUSED = (
    Text("审核人已否决单独组建", "the planner rejected a branch of its own"),
    Text("撤回否决", "withdraw the rejection"),
)
_TAKEN = (
    Text("其名下已有其他形式的党组织", "a Party organisation of another form stands under its name already"),
    Text("把该党组织改为单独组建", "change the form of that one to standalone"),
)
_STUCK = (
    Text(
        "退出后原联合支部不再合规，其余成员近处没有余位",
        "the joint branch would not stay sound without it, and the others find no room near",
    ),
    Text("邻近的联合支部增加一个余位，或新建一个联合支部", "one more room in a joint branch near, or a new one"),
)
