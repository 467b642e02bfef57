"""How good are plans, and how fast? `python -m benchmarks.planning [--sizes 100,10000,100000] [--out FILE]`.

Each measurement has a process of its own. Instances are generated districts from which every cover of the registered
organisations is taken away, so that a size is about the number of uncovered organisations.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console
from scipy.optimize import linear_sum_assignment

from api import plans
from api.workspace import Workspace
from benchmarks.exact_planner import SmallDistrict, most_covered
from benchmarks.greedy_planner import greedy_branches, greedy_posts
from benchmarks.measuring import Measured, Work, measure
from benchmarks.tables import Table, megabytes, seconds
from benchmarks.uncovered import uncovered_context
from examples.generator.build import example_district
from examples.generator.scale import DAY
from graphmodel.changes import ChangeSet
from graphmodel.network import Network, Stamp
from graphmodel.policy import load_default
from graphmodel.schema.nodes import Organization
from graphmodel.stores.protocol import Act
from graphmodel.tables import Tables
from planning import candidates
from planning.decisions import DecisionState, Wish
from planning.distance import between, places
from planning.guidance_work import GuidanceWork
from planning.joint_state import JointBranches, seats
from planning.joints import join, limits
from planning.plan import ActionKind, Plan, Proposal
from planning.planner import plan
from planning.problem import Problem
from planning.verify import verify
from queries.context import Context

SIZES = (100, 10_000, 100_000)
LARGEST = SIZES[-1]
MINUTE = 60.0
JOINT_SIZE = 57_000
"""Of so many uncovered organisations, some twenty thousand have members too few for a branch of their own."""
EXACT_UP_TO = 2_000
DISTRICTS = 100
SOLVED_ANEW, RECORDED, KEPT_ANEW = (
    "solved anew after one rejection", "the rejection recorded in a store", "then solved anew, verified and kept there",
)  # fmt: skip
Figures = Mapping[str, float]
POSTS = ("asking", "room", "placed", "distance", "peer placed", "peer distance", "exact placed", "exact distance")
SMALL = ("wanted", "placed", "exact", "reached", "proven")
BRANCHES = (
    "wanted", "placed", "bound", "branches", "spread each", "peer placed", "peer branches", "peer spread each",
)  # fmt: skip


def _nobody(problem: Problem) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.zeros(len(problem.network[Organization]), dtype=np.bool_)


def whole_plan(uncovered: int) -> Work:
    """The whole plan of one size."""
    context = uncovered_context(uncovered)
    problem = Problem.of(context)
    asked = float(problem.gaps("uncovered").gaps)
    made: dict[str, Plan] = {}

    def run() -> None:
        made["plan"] = plan(context)

    def notes() -> Figures:
        found = made["plan"]
        joint = next((s for s in found.solved if s.part == "joint-cover"), None)
        gap = joint.gap if joint is not None else 0.0
        flows = [s.status == "optimal" for s in found.solved if s.part != "joint-cover"]
        return {
            "uncovered": asked, "proposals": len(found.proposals), "unplaced": len(found.unplaced), "gap": gap,
            "proven": sum(flows) / len(flows),
        }  # fmt: skip

    return Work({"plan": run}, notes=notes)


def verified_plan(uncovered: int) -> Work:
    """The plan of one size, verified."""
    context = uncovered_context(uncovered)
    made, found = plan(context), {}

    def run() -> None:
        found["it"] = verify(context, made)

    def notes() -> Figures:
        it = found["it"]
        return {"closed": len(it.closed), "asked": it.asked, "opened": len(it.opened), "breaches": len(it.breaches)}

    return Work({"verify": run}, notes=notes)


def posts(uncovered: int) -> Work:
    """An instructor for every uncovered organisation: by flow, beside the peer."""
    problem = Problem.of(uncovered_context(uncovered))
    found: dict[str, Any] = {}

    def best() -> None:
        found["work"] = GuidanceWork(problem, _nobody(problem))

    def peer() -> None:
        found["peer"] = greedy_posts(found["work"])

    def notes() -> Figures:
        work: GuidanceWork = found["work"]
        who = np.flatnonzero(work.post >= 0)
        home = places(problem.context, Organization)
        far = between(problem.context, home.take(who), work.supply.where.take(work.post[who]))
        placed, total = found["peer"]
        return {
            "asking": float((work.due & work.asking).sum()), "placed": len(who), "distance": float(far.sum()),
            "peer placed": placed, "peer distance": total, "room": float(np.maximum(work.supply.limit - work.supply.load, 0).sum()),
            **(_exact_posts(work) if uncovered <= EXACT_UP_TO else {}),
        }  # fmt: skip

    return Work({"flow": best, "greedy": peer}, notes=notes)


def _exact_posts(work: GuidanceWork) -> Figures:
    """Placed and distance by a dense assignment of organisations to single places, stations without limit left so."""
    supply, home = work.supply, places(work.problem.context, Organization)
    who = np.flatnonzero(work.due & work.asking)
    slots = np.repeat(np.arange(len(supply.limit)), np.maximum(supply.limit - supply.load, 0))
    slots = slots[supply.station[slots] >= 0]
    one, other = np.repeat(who, len(slots)), np.tile(slots, len(who))
    station = supply.station[other]
    kept = work.current.kept[one]
    fits = np.where(kept >= 0, kept == station, (supply.kind[station] == work.kind[one]) & (work.kind[one] >= 0))
    far = between(work.problem.context, home.take(one), supply.where.take(other))
    cost = np.where(fits, far, 1e6).reshape(len(who), len(slots))
    rows, columns = linear_sum_assignment(cost)
    good = cost[rows, columns] < 1e6
    return {"exact placed": float(good.sum()), "exact distance": float(cost[rows, columns][good].sum())}


def branches(uncovered: int) -> Work:
    """Joint branches for all with members too few: by street programs and search, beside the peer."""
    problem = Problem.of(uncovered_context(uncovered))
    found: dict[str, Any] = {}

    def best() -> None:
        joints = JointBranches(problem)
        found["joined"], found["joints"] = join(problem, joints, _nobody(problem)), joints

    def peer() -> None:
        joints = JointBranches(problem)
        members = candidates.full_members(problem.context).lo.astype(np.int64)
        found["peer"] = greedy_branches(problem, joints, found["joined"].wanted, members)

    def notes() -> Figures:
        joined, joints = found["joined"], found["joints"]
        ours = [(b, o) for b, units in joints.joined.items() for o in units]
        theirs = [(b, o) for b, units in enumerate(found["peer"]) for o in units]
        placed = len(joined.wanted) - len(joined.left)
        per, peer_per = _spread(problem, joints, ours), _spread(problem, joints, theirs)
        return {
            "wanted": len(joined.wanted), "placed": placed, "bound": joined.bound, "spread each": per,
            "branches": len(joints.room) - joints.existing, "peer placed": len(theirs), "peer spread each": peer_per,
            "peer branches": len(found["peer"]),
        }  # fmt: skip

    return Work({"street programs": best, "greedy": peer}, notes=notes)


def small_districts(count: int) -> Work:
    """Joint branches of so many small districts, beside the best packing of all sets of units."""
    drawn = [SmallDistrict.drawn(seed) for seed in range(count)]
    problems = [Problem.of(_judged(district)) for district in drawn]
    found: dict[str, Any] = {}

    def ours() -> None:
        found["ours"] = [join(problem, JointBranches(problem), _nobody(problem)) for problem in problems]

    def peer() -> None:
        found["exact"] = [
            most_covered(district, least=of.least, most=of.most, members=of.members,
                         hops=problem.context.values.integer("joint_max_hops"))
            for district, problem in zip(drawn, problems, strict=True) for of in (limits(problem),)
        ]  # fmt: skip

    def notes() -> Figures:
        placed = [len(one.wanted) - len(one.left) for one in found["ours"]]
        reached = sum(a == b for a, b in zip(placed, found["exact"], strict=True))
        proven = sum(a == one.bound for a, one in zip(placed, found["ours"], strict=True))
        return {
            "wanted": sum(len(one.wanted) for one in found["ours"]), "placed": sum(placed), "exact": sum(found["exact"]),
            "reached": reached, "proven": proven,
        }  # fmt: skip

    return Work({"planner": ours, "every set of units": peer}, notes=notes)


def _judged(district: SmallDistrict) -> Context:
    return Context.of(Network.from_tables(district.tables(), Stamp(1, DAY)), load_default().at(DAY))


def _spread(problem: Problem, joints: JointBranches, rows: list[tuple[int, int]]) -> float:
    """Distance of a unit from its branch's seat, on average."""
    units = pl.DataFrame(rows, schema={"branch": pl.Int64, "organization": pl.Int64}, orient="row")
    whole = pl.concat([joints.units, units]) if rows and rows[0][0] < joints.existing else units
    seat = seats(whole, int(whole["branch"].to_numpy().max(initial=0)) + 1, joints.where)
    who = units["organization"].to_numpy()
    far = between(problem.context, joints.where.take(who), seat.take(units["branch"].to_numpy()))
    return float(far.mean()) if len(far) else 0.0


class _Review:
    """A workspace of a district with its plan kept in it and nothing decided, a new one each round."""

    def __init__(self, tables: Tables, day: dt.date) -> None:
        self.tables, self.day, self.folder = tables, day, TemporaryDirectory()
        self.opened: list[Workspace] = []

    def begin(self) -> None:
        """Leave the workspace of the round before for a new one."""
        self.leave()
        self.opened.append(Workspace(Path(self.folder.name) / str(len(self.opened)), create=True))
        act = Act("import", "bench", "bench", self.day)
        self.opened[-1].store.apply(ChangeSet.between({}, self.tables), act, 0)
        plans.make(self.opened[-1])

    def leave(self) -> None:
        """Close the workspace that is open."""
        if self.opened:
            self.opened[-1].store.close()

    def reject(self) -> None:
        """Record one rejection."""
        kept = plans.book(self.opened[-1]).plan()
        refused = _refused(kept.plan).id
        plans.decide(self.opened[-1], kept.name, [Wish(refused, DecisionState.REJECTED, "不同意")])

    def again(self) -> Plan:
        """Solve anew, verify and keep."""
        return plans.again(self.opened[-1]).plan

    def close(self) -> None:
        """Remove all workspaces."""
        self.leave()
        self.folder.cleanup()


def _refused(made: Plan) -> Proposal:
    return next(p for p in made.proposals if p.kind is ActionKind.JOIN_JOINT)


def district_again() -> Work:
    """The example district: the plan, and the plan anew after one rejection, solved alone and as a planner has it.

    A planner's rejection is recorded in a store, and what is solved anew is verified and kept there.
    """
    example = example_district()
    tables = example.rows.tables()
    context = Context.of(
        Network.from_tables(tables, Stamp(1, example.day)), load_default().at(example.day), example.day
    )
    made: dict[str, Plan] = {}
    review = _Review(tables, example.day)

    def first() -> None:
        made["first"] = plan(context)

    def again() -> None:
        made["again"] = plan(context, rejections=[_refused(made["first"])])

    def whole() -> None:
        made["kept"] = review.again()

    def notes() -> Figures:
        gone = _refused(made["first"]).id
        here = sum(gone in {p.id for p in made[name].proposals} for name in ("again", "kept"))
        return {"proposals": len(made["first"].proposals), "rejected and there": here}

    steps = {"plan": first, SOLVED_ANEW: again, RECORDED: review.reject, KEPT_ANEW: whole}
    return Work(steps, reset=review.begin, notes=notes, close=review.close)


def _row(size: int, found: Measured, *names: str) -> tuple[str, ...]:
    return (f"{size:,}", *(f"{found.notes.get(name, float('nan')):,.6g}" for name in names))


def _taken(found: Measured) -> tuple[str, ...]:
    """Time of both, and memory."""
    return (*(seconds(taken) for taken in found.first.values()), megabytes(found.peak))


@dataclass(slots=True)
class Planned:
    """What was measured of plans, by uncovered organisations; `again` of the example district."""

    whole: dict[int, Measured] = field(default_factory=dict)
    checked: dict[int, Measured] = field(default_factory=dict)
    assigned: dict[int, Measured] = field(default_factory=dict)
    joined: dict[int, Measured] = field(default_factory=dict)
    again: Measured | None = None
    small: Measured | None = None


def measure_plans(found: Planned, sizes: list[int], console: Console) -> None:
    """Measure at these sizes what has not been measured yet."""

    def seen(prepare: Callable[..., Work], *given: Any, runs: int = 0) -> Measured:
        start = time.perf_counter()
        measured = measure(prepare, *given, runs=runs)
        console.print(f"{prepare.__name__} {given}: {time.perf_counter() - start:.0f} s")
        return measured

    for size in (size for size in sizes if size not in found.whole):
        found.whole[size] = seen(whole_plan, size)
        found.checked[size] = seen(verified_plan, size)
        found.assigned[size] = seen(posts, size)
        for count in (size, *((JOINT_SIZE,) if size > JOINT_SIZE else ())):
            found.joined[count] = seen(branches, count)
    found.again = found.again or seen(district_again, runs=3)
    found.small = found.small or seen(small_districts, DISTRICTS)


def tables(found: Planned) -> list[Table]:
    """Everything that was measured, as tables."""
    again = found.again
    one = tuple((name, seconds(again.first[name]), seconds(again.warm[name])) for name in again.first) if again else ()
    whole = tuple(
        (
            *_row(n, m, "uncovered", "proposals", "unplaced"),
            f"{m.notes['gap']:.3%}",
            seconds(m.total_first),
            megabytes(m.peak),
        )
        for n, m in found.whole.items()
    )
    checked = tuple(
        (*_row(n, m, "closed", "asked", "opened", "breaches"), seconds(m.total_first)) for n, m in found.checked.items()
    )
    assigned = tuple((*_row(n, m, *POSTS), *_taken(m)) for n, m in found.assigned.items())
    joined = tuple((*_row(n, m, *BRANCHES), *_taken(m)) for n, m in sorted(found.joined.items()))
    return [
        Table("方案 · Whole plans", ("uncovered", "asked", "proposals", "unplaced", "gap to bound (joint cover)", "time", "memory"), whole),
        Table("核验 · Plans verified", ("uncovered", "closed", "asked", "opened", "rules broken", "time"), checked),
        Table(
            "指导员 · Instructors by flow, beside first come first served and an exact assignment on the small ones",
            ("uncovered", *POSTS, "time", "peer time", "memory"),
            assigned,
        ),
        Table("联合党支部 · Joint branches beside first come first served", ("uncovered", *BRANCHES, "time", "peer time", "memory"), joined),
        Table(
            "联合党支部，小区 · Joint branches of small districts beside every set of units, packed by another solver",
            ("districts", *SMALL, "time", "peer time", "memory"),
            ((*_row(DISTRICTS, found.small, *SMALL), *_taken(found.small)),) if found.small else (),
        ),
        Table("示例区 · The plan of the example district", ("what", "first", "again"), one),
    ]  # fmt: skip


def verdicts(found: Planned) -> list[tuple[str, str, bool]]:
    """What was wanted of plans, what was seen."""
    seen = []
    if found.whole:
        proven = {size: m.notes["proven"] for size, m in found.whole.items()}
        told = ", ".join(f"{size:,}: {share:.0%}" for size, share in proven.items())
        seen.append(("assignments proven optimal at every size of plan", told, min(proven.values()) == 1.0))
    if LARGEST in found.whole:
        taken = found.whole[LARGEST].total_first
        seen.append((f"{LARGEST:,} uncovered organisations planned in under a minute", seconds(taken), taken < MINUTE))
    if JOINT_SIZE in found.joined:
        notes = found.joined[JOINT_SIZE].notes
        gap, spread = 1 - notes["placed"] / notes["bound"], notes["spread each"] / notes["peer spread each"]
        seen.append((f"joint branches for {notes['wanted']:,.0f} within 1 % of the bound", f"{gap:.3%}", gap <= 0.01))
        seen.append(
            ("their spread at least a quarter below first come first served", f"{1 - spread:.0%} below", spread <= 0.75)
        )
    if found.small is not None:
        reached = found.small.notes["reached"]
        seen.append(("the best of every small district reached", f"{reached:.0f} of {DISTRICTS}", reached == DISTRICTS))
    if found.again is not None:
        for said, steps in (
            ("a district solved anew after one rejection in under a second", (SOLVED_ANEW,)),
            (
                "a rejection recorded, the district solved anew, verified and kept in under a second",
                (RECORDED, KEPT_ANEW),
            ),
        ):
            if found.again.warm.keys() >= set(steps):  # a page of an earlier release may have measured less
                taken = sum(found.again.warm[step] for step in steps)
                seen.append((said, seconds(taken), taken < 1))
    return seen


def main() -> None:
    """Measure, show, write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.planning", description="方案的质量与速度 / quality and speed of plans"
    )
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="未覆盖组织数 / uncovered organisations")
    parser.add_argument("--out", type=Path, help="另存为 Markdown / write the tables there too")
    chosen = parser.parse_args()
    console = Console(width=200)
    planned = Planned()
    measure_plans(planned, [int(size) for size in chosen.sizes.split(",")], console)
    found = tables(planned)
    for table in found:
        table.show(console)
    for wanted, seen, reached in verdicts(planned):
        console.print(f"{'✓' if reached else '✗'} {wanted}: {seen}")
    if chosen.out:
        chosen.out.write_text("\n\n".join(table.markdown() for table in found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
