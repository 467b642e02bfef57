"""Small districts for planning tests: every kind of gap, unknown values, scarce capacity, planned relations."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import strategies as st

from graphmodel.network import Network, Stamp
from graphmodel.policy import load_default
from queries.context import Context
from tests.strategies import frame

DAY = dt.date(2016, 6, 12)
STREETS, COMMUNITIES = ("s1", "s2", "s3"), ("s1:a", "s1:b", "s2:a", "s3:a")
INDUSTRIES = ("教育", "医疗", "养老", None)


def _maybe(draw: st.DrawFn, values: st.SearchStrategy[Any], share: int = 8) -> Any:
    """A value, unknown one time in `share`."""
    return None if draw(st.integers(1, share)) == 1 else draw(values)


STATES = st.sampled_from(["actual", "actual", "actual", "planned", None])


class Rows:
    """Rows by type in the making."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}

    def node(self, name: str, id_: str, **fields: Any) -> None:
        """A node, named as its id."""
        self.tables.setdefault(name, {})[id_,] = {"id": id_, "name": id_, **fields}

    def edge(self, name: str, source: tuple[str, str], target: tuple[str, str], **fields: Any) -> None:
        """An edge between two (type, id)."""
        row = {"source_type": source[0], "source": source[1], "target_type": target[0], "target": target[1]}
        self.tables.setdefault(name, {})[tuple(row.values())] = {**row, **fields}

    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables."""
        return {name: frame(name, rows.values()) for name, rows in self.tables.items()}


def _organization(draw: st.DrawFn, rows: Rows, place: int) -> None:
    id_ = f"o{place:02}"
    me = ("Organization", id_)
    days = st.dates(dt.date(2014, 1, 1), DAY)
    rows.node(
        "Organization",
        id_,
        track="registered" if draw(st.integers(0, 5)) else "filed",
        status=_maybe(draw, st.sampled_from(["operating"] * 6 + ["inactive", "deregistered"]), 12),
        industry=draw(st.sampled_from(INDUSTRIES)),
        full_members=_maybe(draw, st.integers(0, 4), 10),
        members_elsewhere=draw(st.sampled_from([None, 0, 0, 4])),
        registered_on=_maybe(draw, days),
        registration=draw(st.sampled_from(["dual", "dual", "direct", None])),
        union=draw(st.sampled_from([False, False, True, None])),
        youth_league=False,
        womens_federation=False,
    )
    where = draw(st.sampled_from([*COMMUNITIES, *COMMUNITIES, "s1", None]))
    if where is not None:
        rows.edge("LOCATED_IN", me, ("Community" if ":" in where else "Street", where))
    for name, kind, ids, share in (
        ("LICENSED_BY", None, ("a1", "a2"), 2),
        ("SUPERVISES", "Authority", ("a1", "a2"), 4),
        ("GUIDES", "Street", STREETS, 3),
        ("ANSWERS_FOR", "Community", COMMUNITIES, 3),
        ("STATION_GUIDES", "GuidanceStation", ("g1", "g2", "g3"), 4),
        ("INSTRUCTS", "InstructorPost", ("p1", "p2"), 6),
        ("INCUBATES", "Hub", ("h1", "h2"), 8),
    ):
        for other in sorted(draw(st.sets(st.sampled_from(ids), max_size=2))) if not draw(st.integers(0, share)) else ():
            if kind is None:
                rows.edge(name, me, ("Authority", other))
                continue
            more = {"kind": "temporary", "since": _maybe(draw, days)} if name == "INCUBATES" else {}
            rows.edge(name, (kind, other), me, state=draw(STATES), **more)
    if draw(st.integers(0, 2)) == 0:
        rows.edge(
            "MEMBER_OF",
            me,
            ("Alliance", draw(st.sampled_from(["l1", "l2"]))),
            state=draw(STATES),
            role=draw(st.sampled_from(["lead", "member"])),
        )


def _bodies(draw: st.DrawFn, rows: Rows) -> None:
    rows.node("GoverningBody", "c", kind="party-committee")
    rows.node("PartyOrganization", "po:c", form="district-body", level="committee", state="actual")
    rows.edge("PARTY_BODY_OF", ("PartyOrganization", "po:c"), ("GoverningBody", "c"))
    for kind, ids in (("Street", STREETS), ("Community", COMMUNITIES), ("Authority", ("a1", "a2"))):
        for id_ in ids:
            rows.node(kind, id_)
            if draw(st.booleans()):
                rows.node("PartyOrganization", f"po:{id_}", form="street-body", level="committee", state="actual")
                rows.edge("PARTY_BODY_OF", ("PartyOrganization", f"po:{id_}"), (kind, id_))
                if draw(st.integers(0, 4)):
                    ends = (("PartyOrganization", f"po:{id_}"), ("PartyOrganization", "po:c"))
                    rows.edge("SUBORDINATE_TO", *ends, state="actual")


def _supply(draw: st.DrawFn, rows: Rows) -> None:
    for id_ in COMMUNITIES:
        rows.edge("PART_OF", ("Community", id_), ("Street", id_[:2]))
    for one, other in (("s1", "s2"), ("s2", "s3")):
        if draw(st.booleans()):
            rows.edge("NEIGHBOURS", ("Street", one), ("Street", other))
    kinds = ("schools", "medical", draw(st.sampled_from(["street-organisations", "point"])))
    for id_, kind in zip(("g1", "g2", "g3"), kinds, strict=True):
        rows.node(
            "GuidanceStation", id_, kind=_maybe(draw, st.just(kind), 12), capacity=_maybe(draw, st.integers(0, 6), 6)
        )
        rows.edge("LOCATED_IN", ("GuidanceStation", id_), ("Street", draw(st.sampled_from(STREETS))))
    for id_ in ("p1", "p2", "p3"):
        rows.node("InstructorPost", id_, capacity=_maybe(draw, st.integers(0, 3), 6))
        rows.edge("POSTED_TO", ("InstructorPost", id_), ("GuidanceStation", draw(st.sampled_from(["g1", "g2", "g3"]))))
        if draw(st.booleans()):
            rows.edge("LOCATED_IN", ("InstructorPost", id_), ("Community", draw(st.sampled_from(COMMUNITIES))))
    for id_ in ("l1", "l2"):
        rows.node("Alliance", id_)


def _houses(draw: st.DrawFn, rows: Rows) -> None:
    for id_, kind in (("h1", "incubation-centre"), ("h2", "organisations")):
        rows.node("Hub", id_, kind=kind, capacity=_maybe(draw, st.integers(0, 3), 6))
        rows.edge("LOCATED_IN", ("Hub", id_), ("Street", draw(st.sampled_from(STREETS))))
    for id_, kind in (("v1", "service-centre"), ("v2", "own")):
        if draw(st.booleans()):
            rows.node("Venue", id_, kind=kind, place=draw(st.booleans()))
            rows.edge("LOCATED_IN", ("Venue", id_), ("Street", draw(st.sampled_from(STREETS))))


def _branches(draw: st.DrawFn, rows: Rows, organizations: int) -> None:
    ids = [f"o{k:02}" for k in range(organizations)]
    for number in range(draw(st.integers(0, 3))):
        party = ("PartyOrganization", f"joint:{number}")
        rows.node(*party, form="joint", level="branch", state=draw(STATES))
        rows.edge("SUBORDINATE_TO", party, ("PartyOrganization", "po:c"), state="actual")
        for one in sorted(draw(st.sets(st.sampled_from(ids), max_size=6))):
            rows.edge("COVERS", party, ("Organization", one), state=draw(STATES))
    for one in sorted(draw(st.sets(st.sampled_from(ids), max_size=3))):
        party = ("PartyOrganization", f"po:{one}")
        rows.node(
            *party,
            form=draw(st.sampled_from(["standalone", "standalone", "functional"])),
            level="branch",
            state="actual",
        )
        rows.edge("COVERS", party, ("Organization", one), state=draw(STATES))
        rows.edge("SUBORDINATE_TO", party, ("PartyOrganization", "po:c"), state="actual")


@st.composite
def districts(draw: st.DrawFn, most: int = 14) -> dict[str, pl.DataFrame]:
    """A small district as tables."""
    rows, organizations = Rows(), draw(st.integers(1, most))
    _bodies(draw, rows)
    _supply(draw, rows)
    _houses(draw, rows)
    for place in range(organizations):
        _organization(draw, rows, place)
    _branches(draw, rows, organizations)
    return rows.frames()


@st.composite
def crowds(draw: st.DrawFn, most: int = 14) -> dict[str, pl.DataFrame]:
    """A small district of operating schools only, too many for its stations, posts and joint branches: every limit binds."""
    rows, organizations = Rows(), draw(st.integers(8, most))
    _bodies(draw, rows)
    _supply(draw, rows)
    _houses(draw, rows)
    members = draw(st.sampled_from([0, 1, None]))  # who may join no branch is due an instructor
    for place in range(organizations):
        _organization(draw, rows, place)
        alike = {
            "track": "registered",
            "status": "operating",
            "industry": "教育",
            "full_members": members,
            "union": None,
        }
        rows.tables["Organization"][f"o{place:02}",].update(alike)
    for station in ("g1", "g2", "g3"):
        rows.tables["GuidanceStation"][station,].update(kind="schools", capacity=draw(st.integers(0, 4)))
    _branches(draw, rows, organizations)
    return rows.frames()


POLICIES = st.fixed_dictionaries(
    {
        "vertical_threshold": st.sampled_from([1, 2, 10]),
        "functional_counts": st.booleans(),
        "strict_cover": st.booleans(),
        "inactive_in_scope": st.booleans(),
        "instructor_due_includes_filed": st.booleans(),
        "joint_max_units": st.sampled_from([2, 3, 5]),
        "joint_max_hops": st.sampled_from([0, 1, 2]),
        "joint_min_members": st.sampled_from([2, 3]),
        "instructor_max_load": st.sampled_from([1, 5]),
    }
)


def context(tables: dict[str, pl.DataFrame], **policy: Any) -> Context:
    """The tables as a context, judged by the default policy with some values replaced."""
    network = Network.from_tables(tables, Stamp(1, DAY))
    return Context.of(network, load_default().at(DAY).replace(**policy))
