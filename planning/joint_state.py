"""Which joint branches have room, and for whom? The state that actions on branches share while a plan is made (N2)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array, csr_array

from graphmodel.schema.nodes import Organization, PartyOrganization, Street
from graphmodel.vectors import Codes
from planning import candidates
from planning.distance import Places, between, places
from planning.problem import Ints, Problem
from queries.branches import JOINT, PRESENT_UNIT, UNIT
from queries.given import Switch
from queries.places import streets_within

TRADE_OPTIONS = 64
_UNITS = {"branch": pl.Int64(), "organization": pl.Int64()}


class JointBranches:
    """The joint branches as if confirmed, and those that the plan founds; rooms shrink as units are placed.

    Branches are numbered as rows of Party organisations; new ones follow. `units` a frame of `branch` and
    `organization` (rows of the network), everybody who is or may be a unit before the plan; `room` how many more each
    can take; `joined` what the plan places, by branch.
    """

    def __init__(self, problem: Problem) -> None:
        context = problem.context
        rows = problem.network[PartyOrganization]
        n = len(rows)
        self._context, self.existing = context, n
        joint = JOINT.evaluate(rows, context)
        edges, present = UNIT.truth(PRESENT_UNIT, context)
        at = np.flatnonzero(joint.possible[edges.source] & present.possible)
        self.units = pl.DataFrame({"branch": edges.source[at], "organization": edges.target[at]}, schema=_UNITS)
        count = np.bincount(edges.source[at], minlength=n)
        full = candidates.full_members(context)
        members, most = (
            np.bincount(edges.source[at], weights=side[edges.target[at]].astype(np.float64), minlength=n)
            for side in (full.lo, full.hi)
        )
        usable = joint.yes & (count > 0) & np.asarray(problem.real.network[PartyOrganization].find(rows.ids) >= 0)
        usable &= members < context.values.integer("branch_max_members")
        usable &= most >= context.values.integer("joint_min_members")  # not one that is certainly too weak
        if Switch("strict_cover").given.of(context):
            usable &= candidates.chain_sound(context, np.arange(n))
        room = np.maximum(context.values.integer("joint_max_units") - count, 0)
        self.room: list[int] = np.where(usable, room, 0).tolist()
        self.joined: dict[int, list[int]] = {}
        self.where = places(context, Organization)
        industry = problem.network[Organization].vector("industry")
        assert isinstance(industry, Codes)
        self._trade = industry.code.astype(np.int64)
        self.trades: list[int] = self._trade.tolist()
        self.trade: list[int] = _only(
            n, self.units["branch"].to_numpy(), self._trade[self.units["organization"]]
        ).tolist()
        self.seat = seats(self.units, n, self.where)
        self._within = streets_within(context, context.values.integer("joint_max_hops"))
        who, at = self.units["organization"].to_numpy(), self.units["branch"].to_numpy()
        self.close: list[bool] = candidates.related(context, at, who, n)[0].tolist()  # all its units near each other
        self._members: dict[int, list[int]] = {}
        for branch, one in self.units.iter_rows():
            self._members.setdefault(branch, []).append(one)
        self._options: dict[int, list[int]] = {}
        self._full: dict[int, list[int]] = {}  # new branches without room, by street of a unit

    def kept(self) -> dict[str, object]:
        """All that changes while units are placed, as it stands: `restore` goes back to it. Cost: linear in units."""
        joined, members = ({b: list(units) for b, units in held.items()} for held in (self.joined, self._members))
        lists = {"room": list(self.room), "trade": list(self.trade), "close": list(self.close)}
        return {**lists, "joined": joined, "_members": members, "_options": {}, "_full": {}}

    def restore(self, kept: dict[str, object]) -> None:
        """Go back to what was kept, once."""
        vars(self).update(kept)

    def options(self, organization: Ints, *, by_trade: bool = True) -> pl.DataFrame:
        """Every branch with room that stays related with these organisations, as units are now (N2).

        Columns `organization`, `branch`, `far` from the branch's seat; the nearest of each organisation first. Of branches
        of one industry far away, only the `TRADE_OPTIONS` with most room.
        Cost: linear in the pairs.
        """
        units = self.units_now()
        branches = np.flatnonzero(np.array(self.room) > 0)
        asked = pl.DataFrame(
            {
                "organization": organization,
                "street": self.where.street[organization],
                "trade": self._trade[organization],
            }
        )
        pairs = asked.join(self._near_pairs(branches, units), on="street").select("organization", "branch")
        if by_trade:
            like = asked.join(self._by_trade(branches), on="trade").select("organization", "branch")
            pairs = pl.concat([pairs, like]).unique()
        who, branch = pairs["organization"].to_numpy(), pairs["branch"].to_numpy()
        far = between(self._context, self.where.take(who), seats(units, len(self.room), self.where).take(branch))
        return pairs.with_columns(far=pl.Series(far)).sort("organization", "far", "branch")

    def _by_trade(self, branches: npt.NDArray[np.intp]) -> pl.DataFrame:
        frame = pl.DataFrame(
            {
                "branch": branches,
                "trade": np.array(self.trade, dtype=np.int64)[branches],
                "room": np.array(self.room, dtype=np.int64)[branches],
            }
        )
        ordered = frame.filter(pl.col("trade") >= 0).sort("trade", "room", "branch", descending=[False, True, False])
        return ordered.group_by("trade", maintain_order=True).head(TRADE_OPTIONS).select("trade", "branch")

    def look(self, organization: Ints, refused: set[tuple[int, int]]) -> dict[int, int]:
        """Find the options of these organisations, among which `home` then chooses; how many each has."""
        self._options = {}
        for who, branch in self.options(organization).select("organization", "branch").iter_rows():
            if (who, branch) not in refused:
                self._options.setdefault(who, []).append(branch)
        return {who: len(found) for who, found in self._options.items()}

    def reach(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """How far branches with room reach: frames of `branch`, `street` near all its units; of `branch`, its `trade`."""
        branches = np.flatnonzero(np.array(self.room) > 0)
        near = self._near_pairs(branches, self.units_now())
        trades = pl.DataFrame({"branch": branches, "trade": np.array(self.trade, dtype=np.int64)[branches]})
        return near, trades.filter(pl.col("trade") >= 0)

    def home(self, organization: int, may: Callable[[int], bool] | None = None) -> int:
        """The nearest branch found by `look` that still has room and still is related with it, -1 where there is none.

        `may` says of a branch whether the organisation may go there.
        """
        for branch in self._options.get(organization, ()):
            fits = self.room[branch] > 0 and self._fits(organization, branch)
            if fits and (may is None or may(branch)):
                return branch
        return -1

    def _fits(self, organization: int, branch: int) -> bool:
        if self.trade[branch] >= 0 and self.trade[branch] == self._trade[organization]:
            return True
        return self.close[branch] and self._near_all(organization, branch)

    def _near_all(self, organization: int, branch: int) -> bool:
        return all(self.near(organization, other) for other in self._members.get(branch, ()))

    def near(self, one: int, other: int) -> bool:
        """Are two organisations certainly in the same or a neighbouring street?"""
        a, b = int(self.where.street[one]), int(self.where.street[other])
        start, stop = self._within.indptr[a], self._within.indptr[a + 1]
        return a >= 0 and b >= 0 and b in self._within.indices[start:stop]

    def streets_near(self, organization: int) -> list[int]:
        """The streets near an organisation's own, that included."""
        street = int(self.where.street[organization])
        start, stop = (self._within.indptr[street], self._within.indptr[street + 1]) if street >= 0 else (0, 0)
        return sorted(self._within.indices[start:stop].tolist())

    def full_near(self, organization: int) -> list[int]:
        """New branches without room whose units are all near an organisation or of its industry."""
        if not self._full:
            for branch in range(self.existing, len(self.room)):
                if not self.room[branch]:
                    for street in {int(self.where.street[o]) for o in self.joined[branch]}:
                        self._full.setdefault(street, []).append(branch)
        near = {b for street in self.streets_near(organization) for b in self._full.get(street, ())}
        return [b for b in sorted(near) if not self.room[b] and all(self.near(organization, o) for o in self.joined[b])]

    def same_trade(self, one: int, other: int) -> bool:
        """Are two organisations certainly of one industry?"""
        return bool(self._trade[one] >= 0 and self._trade[one] == self._trade[other])

    def take(self, branch: int, organization: int) -> None:
        """Place a unit: its branch has one room less."""
        self.close[branch] = self.close[branch] and self._near_all(organization, branch)
        self.room[branch] -= 1
        self.joined.setdefault(branch, []).append(organization)
        self._members.setdefault(branch, []).append(organization)
        if self._trade[organization] != self.trade[branch]:
            self.trade[branch] = -1

    def found(self, organizations: list[int]) -> int:
        """Found a joint branch of these units; its number."""
        trade = {int(self._trade[o]) for o in organizations}
        self.trade.append(trade.pop() if len(trade) == 1 else -1)
        self.room.append(self._context.values.integer("joint_max_units"))
        self.close.append(True)
        branch = len(self.room) - 1
        for one in organizations:
            self.take(branch, one)
        return branch

    def replace(self, branch: int, organizations: list[int]) -> None:
        """Give a new branch other units."""
        self.joined[branch], self._members[branch], self.close[branch] = [], [], True
        self.room[branch] = self._context.values.integer("joint_max_units")
        self.trade[branch] = self._trade[organizations[0]]
        for one in organizations:
            self.take(branch, one)

    def rehouse(self, organization: list[int]) -> list[int] | None:
        """A home for each of these, taken at once; None, and nothing taken, where one has none."""
        taken: list[tuple[int, int, int, bool]] = []
        for one in organization:
            home = self.home(one)
            if home < 0:
                for placed, branch, trade, close in reversed(taken):
                    self.room[branch] += 1
                    self.joined[branch].remove(placed)
                    self._members[branch].remove(placed)
                    self.trade[branch], self.close[branch] = trade, close
                return None
            taken.append((one, home, self.trade[home], self.close[home]))
            self.take(home, one)
        return [home for _, home, _, _ in taken]

    def units_now(self) -> pl.DataFrame:
        """`units` with all that the plan places."""
        rows = [(branch, o) for branch, placed in self.joined.items() for o in placed]
        return pl.concat([self.units, pl.DataFrame(rows, schema=_UNITS, orient="row")])

    def _near_pairs(self, branches: npt.NDArray[np.intp], units: pl.DataFrame) -> pl.DataFrame:
        """Branches with the streets that are near all their units: `branch`, `street`."""
        branches = branches[np.array(self.close, dtype=np.bool_)[branches]]
        units = units.filter(pl.col("branch").is_in(branches.tolist()))
        number = np.searchsorted(branches, units["branch"].to_numpy())
        street = self.where.street[units["organization"].to_numpy()]
        unknown = np.bincount(number[street < 0], minlength=len(branches)) > 0
        at = pl.DataFrame({"b": number, "s": street}).filter(pl.col("s") >= 0).unique()
        links = coo_array(
            (np.ones(at.height, dtype=np.int32), (at["b"].to_numpy(), at["s"].to_numpy())),
            shape=(len(branches), len(self._context.network[Street])),
        )
        wanted = np.bincount(at["b"].to_numpy(), minlength=len(branches))
        reached = csr_array(links.tocsr() @ self._within.astype(np.int32)).tocoo()
        good = (reached.data == wanted[reached.row]) & ~unknown[reached.row]
        streets = reached.col[good].astype(np.int64)
        return pl.DataFrame({"branch": branches[reached.row[good]], "street": streets})


def _only(n: int, group: Ints, code: Ints) -> Ints:
    """int64[n]: the one known code of each group, -1 where it has several, none or an unknown one."""
    lowest, highest = np.full(n, np.iinfo(np.int64).max), np.full(n, -1, dtype=np.int64)
    np.minimum.at(lowest, group, code)
    np.maximum.at(highest, group, code)
    return np.where(lowest == highest, highest, -1)


def seats(units: pl.DataFrame, n: int, where: Places) -> Places:
    """Where each of n branches is: the community and the street with most of its units, of several the first by id."""
    organization = units["organization"].to_numpy()
    placed = units.select(
        "branch", community=pl.Series(where.community[organization]), street=pl.Series(where.street[organization])
    )
    columns = []
    for column in ("community", "street"):
        most = np.full(n, -1, dtype=np.int64)
        counted = placed.filter(pl.col(column) >= 0).group_by("branch", column).len()
        counted = counted.sort("branch", "len", column, descending=[False, True, False])
        first = counted.unique("branch", keep="first", maintain_order=True)
        most[first["branch"].to_numpy()] = first[column].to_numpy()
        columns.append(most)
    return Places(*columns)
