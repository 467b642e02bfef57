"""What is done with which money in a large network? Venues, projects, funds, training, papers and reviews."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from examples.generator.draw import Draw
from examples.generator.scale_bodies import numbered
from examples.generator.scale_organizations import AUTHORITIES, INDUSTRIES
from examples.generator.work import HAVES

PURCHASES = 0.02  # of the organisations
COURSES, SALONS, PAPERS = 5, 7, 9


def add_work(draw: Draw) -> None:
    """All of it."""
    _venues(draw)
    _projects(draw)
    _money(draw)
    _training(draw)
    _papers(draw)


def _venues(draw: Draw) -> None:
    """A service centre a street hosts the joint branches, every second own branch has a venue of its own."""
    own, joint = len(draw.ids["PartyOwn"]), len(draw.ids["PartyJoint"])
    mine = np.arange(0, own, 2)
    ids = pl.concat([numbered("venue:street:", draw.streets), numbered("venue:own:", len(mine))])
    draw.ids["Venue"] = ids
    kind = np.where(np.arange(len(ids)) < draw.streets, "service-centre", "own")
    haves = {name: draw.flags(0.97, 0.005, len(ids)) for name in HAVES}
    draw.nodes("Venue", ids, name=ids, kind=kind, **haves)
    streets = np.arange(draw.streets)
    draw.edges("LOCATED_IN", ("Venue", streets), ("Street", streets))
    draw.edges(
        "HOSTS", ("Venue", draw.streets + np.arange(len(mine))), ("PartyOwn", mine), state="actual", sharing="own"
    )
    others = np.arange(1, own, 2)
    others = others[draw.rng.random(len(others)) < 0.95]
    draw.edges("HOSTS", ("Venue", others % draw.streets), ("PartyOwn", others), state="actual", sharing="shared")
    draw.edges(
        "HOSTS",
        ("Venue", np.arange(joint) % draw.streets),
        ("PartyJoint", np.arange(joint)),
        state="actual",
        sharing="shared",
    )


def _projects(draw: Draw) -> None:
    """A Party-building project a street, and purchases with their chain, of which some links are missing."""
    rng, purchases = draw.rng, max(10, int(draw.n * PURCHASES))
    ids = pl.concat([numbered("project:party:", draw.streets), numbered("project:purchase:", purchases)])
    draw.ids["Project"] = ids
    count = len(ids)
    party = np.arange(count) < draw.streets
    draw.nodes("Project", ids, name=ids, kind=np.where(party, "party-building", "purchase"), year=draw.day.year,
               amount=1000.0 * rng.integers(5, 200, count), packaging_due=draw.flags(0.75, 0.02, count))  # fmt: skip
    draw.ids["Fund"] = numbered("fund:", 4 * draw.districts)
    funds = len(draw.ids["Fund"])
    draw.nodes("Fund", draw.ids["Fund"], name=draw.ids["Fund"], fund_source=pl.Series(["fiscal", "fiscal", "dues", "foundation"] * draw.districts),
               amount=2_000_000.0, year=draw.day.year)  # fmt: skip
    own = len(draw.ids["PartyOwn"])
    streets = np.flatnonzero(rng.random(draw.streets) < 0.9)
    draw.edges("COMMISSIONS", ("Street", streets), ("Project", streets))
    if own:
        draw.edges(
            "COMMISSIONED_TO", ("Project", streets), ("PartyOwn", rng.integers(0, own, len(streets))), direct=True
        )
    purchase = draw.streets + np.arange(purchases)

    def most(targets: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.where(rng.random(purchases) < 0.95, targets, -1)

    registered = np.flatnonzero(draw.registered)
    draw.edges(
        "COMMISSIONS", ("Authority", rng.integers(0, draw.districts * AUTHORITIES, purchases)), ("Project", purchase)
    )
    draw.edges("FUNDED_BY", ("Project", purchase), ("Fund", most(rng.integers(0, funds, purchases))))
    draw.edges("PACKAGED_BY", ("Project", purchase), ("Hub", most(rng.integers(0, draw.districts, purchases))))
    draw.edges("BENEFITS", ("Project", purchase), ("Community", most(rng.integers(0, draw.communities, purchases))))
    draw.edges(
        "COMMISSIONED_TO", ("Project", purchase), ("Organization", most(rng.choice(registered, purchases))), direct=True
    )


def _money(draw: Draw) -> None:
    """A hundred yuan a member, of some half; start-up support of a few new ones."""
    mine = np.flatnonzero(draw.registered & (draw.full > 0))
    amount = 100.0 * (draw.full[mine] + 2) * np.where(draw.rng.random(len(mine)) < 0.03, 0.5, 1.0)
    paid = dt.date(draw.day.year, 3, 18)
    draw.edges(
        "FUNDS",
        ("Fund", 4 * draw.district[mine]),
        ("Organization", mine),
        purpose="training",
        paid_on=paid,
        amount=amount,
    )
    new = mine[draw.rng.random(len(mine)) < 0.02]
    draw.edges("FUNDS", ("Fund", 4 * draw.district[new] + 3), ("Organization", new), purpose="startup", paid_on=paid,
               amount=1000.0 * draw.rng.integers(4, 23, len(new)))  # fmt: skip


def _training(draw: Draw) -> None:
    each = COURSES + SALONS
    ids = numbered("training:", each * draw.districts)
    draw.ids["TrainingProgramme"] = ids
    kind = np.tile(np.array(["course"] * COURSES + ["salon"] * SALONS), draw.districts)
    draw.nodes(
        "TrainingProgramme", ids, name=ids, kind=kind, held_on=draw.days(dt.date(2014, 8, 1), draw.day, len(ids))
    )
    draw.ids["Partner"] = numbered("partner:", draw.districts)
    draw.nodes("Partner", draw.ids["Partner"], name=draw.ids["Partner"], kind="university")
    draw.edges("PARTNERS", ("Partner", np.arange(len(ids)) // each), ("TrainingProgramme", np.arange(len(ids))))
    mine = np.flatnonzero(draw.registered & (draw.cover > 0) & (draw.rng.random(draw.n) < 0.96))
    course = draw.district[mine] * each + draw.rng.integers(0, COURSES, len(mine))
    draw.edges(
        "TRAINED",
        ("TrainingProgramme", course),
        ("Organization", mine),
        person_times=draw.rng.integers(1, 4, len(mine)),
    )


def _papers(draw: Draw) -> None:
    """Nine papers a district, of which the first concerns a trade in one street; most concerned were heard; reviews."""
    d, per, rng = draw.districts, draw.streets // draw.districts, draw.rng
    ids = numbered("policy:", PAPERS * d)
    draw.ids["PolicyDocument"] = ids
    about = pl.Series([INDUSTRIES[3], *[None] * (PAPERS - 1)] * d, dtype=pl.String)
    draw.nodes(
        "PolicyDocument", ids, name=ids, issued_on=draw.days(dt.date(2011, 6, 1), draw.day, len(ids)), industry=about
    )
    draw.edges("CONCERNS", ("PolicyDocument", PAPERS * np.arange(d)), ("Street", per * np.arange(d)))
    heard = np.flatnonzero(
        (draw.industry == 3) & (draw.street >= 0) & (draw.street % per == 0) & (rng.random(draw.n) < 0.85)
    )
    draw.edges("CONSULTED", ("PolicyDocument", PAPERS * draw.district[heard]), ("Organization", heard), outcome="heard")
    for kind, each in (("Authority", AUTHORITIES), ("Street", per)):
        body = np.arange(d * each)
        score = (78 + 20 * rng.random(len(body))).round(1)
        draw.edges("APPRAISES", ("GoverningBody", 1 + body // each), (kind, body), year=draw.day.year - 1, score=score)
        draw.edges("CONVENES", ("GoverningBody", 1 + body // each), (kind, body))
