"""Which bodies has a large network? One city committee over the districts, each with the bodies of the example's district."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from examples.generator.bodies import POSTS_BY_STATION, SOURCES, STATIONS
from examples.generator.draw import Draw, Ints
from examples.generator.scale_organizations import AUTHORITIES, community_ids, street_ids
from graphmodel import identity

STATION_COUNT, POSTS = len(STATIONS), sum(POSTS_BY_STATION)


def add_bodies(draw: Draw) -> None:
    """Places, governing bodies, authorities, hubs, stations, posts, with PART_OF, NEIGHBOURS, LEADS and Party bodies."""
    _places(draw)
    _bodies(draw)
    _party_bodies(draw)
    _links(draw)


def numbered(prefix: str, count: int) -> pl.Series:
    """Ids that sort as they count."""
    return prefix + pl.Series(np.arange(count)).cast(pl.String).str.zfill(6)


def _places(draw: Draw) -> None:
    streets, communities = street_ids(draw), community_ids(draw)
    draw.ids |= {"Street": streets, "Community": communities}
    draw.nodes("Street", streets, name="第" + pl.Series(np.arange(draw.streets)).cast(pl.String) + "街道", code=streets)
    draw.nodes("Community", communities, name=communities.str.split(":").list.last())
    every = np.arange(draw.communities)
    draw.edges("PART_OF", ("Community", every), ("Street", every // 7))
    here = np.arange(draw.streets)
    for step in (1, 4):
        draw.edges("NEIGHBOURS", ("Street", here[:-step]), ("Street", here[step:]))


def _bodies(draw: Draw) -> None:
    d = draw.districts
    governing = pl.concat([pl.Series(["body:city"]), numbered("body:committee:", d), numbered("body:two-new:", d)])
    kinds = ["party-committee"] * (1 + d) + ["work-committee"] * d
    draw.ids["GoverningBody"] = governing
    draw.nodes("GoverningBody", governing, name=governing, kind=pl.Series(kinds))
    draw.ids["Authority"] = numbered("authority:", d * AUTHORITIES)
    draw.nodes("Authority", draw.ids["Authority"], name=draw.ids["Authority"])
    hubs = pl.concat(
        [numbered("hub:centre:", d), numbered("hub:organisations:", draw.streets), numbered("hub:party:", draw.streets)]
    )
    draw.ids["Hub"] = hubs
    kind = ["incubation-centre"] * d + ["organisations"] * draw.streets + ["party-organisations"] * draw.streets
    level = ["district"] * d + ["street"] * 2 * draw.streets
    draw.nodes(
        "Hub",
        hubs,
        name=hubs,
        kind=pl.Series(kind),
        level=pl.Series(level),
        capacity=8,
        members_grown=draw.rng.integers(0, 9, len(hubs)),
    )
    stations, posts = numbered("station:", d * STATION_COUNT), numbered("post:", d * POSTS)
    draw.ids |= {"GuidanceStation": stations, "InstructorPost": posts}
    kind = [kind for _, kind, _ in STATIONS] * d
    capacity = [capacity for _, _, capacity in STATIONS] * d
    draw.nodes("GuidanceStation", stations, name=stations, kind=pl.Series(kind), capacity=pl.Series(capacity))
    draw.nodes(
        "InstructorPost",
        posts,
        name=posts,
        post_source=pl.Series(SOURCES).gather(np.arange(len(posts)) % 5),
        capacity=5,
    )


def _party_bodies(draw: Draw) -> None:
    """A Party organisation of each governing body, authority, street, community and incubation centre, in this order."""
    kinds = (
        ("GoverningBody", "committee", "district-body"), ("Authority", "committee", "authority-body"),
        ("Street", "work-committee", "street-body"), ("Community", "committee", "community-body"),
        ("Hub", "general-branch", "hub-body"),
    )  # fmt: skip
    ids = {kind: draw.ids[kind] if kind != "Hub" else draw.ids[kind].head(draw.districts) for kind, _, _ in kinds}
    draw.ids["PartyBody"] = pl.concat([_own(series) for series in ids.values()])
    start, first, since = 0, {}, dt.date(draw.day.year - 3, 9, 1)
    for kind, level, form in kinds:
        count = len(ids[kind])
        first[kind] = start
        party = draw.ids["PartyBody"].slice(start, count)
        draw.nodes("PartyOrganization", party, name=party, level=level, form=form, state="actual", elected_on=draw.days(since, draw.day, count),
                   has_committee=True)  # fmt: skip
        draw.edges("PARTY_BODY_OF", ("PartyBody", np.arange(start, start + count)), (kind, np.arange(count)))
        start += count
    _body_chain(draw, first)


def _own(ids: pl.Series) -> pl.Series:
    return pl.select(identity.own_party_organization_id(pl.lit(ids))).to_series()


def _body_chain(draw: Draw, first: dict[str, int]) -> None:
    """City over district committees over two-new committees over authorities, streets (over communities) and centres."""
    d, per = draw.districts, draw.streets // draw.districts
    two_new = 1 + d
    links: list[tuple[Ints, Ints]] = [
        (np.arange(1, 1 + d), np.zeros(d, np.int64)),
        (two_new + np.arange(d), 1 + np.arange(d)),
        (first["Authority"] + np.arange(d * AUTHORITIES), two_new + np.arange(d * AUTHORITIES) // AUTHORITIES),
        (first["Street"] + np.arange(draw.streets), two_new + np.arange(draw.streets) // per),
        (first["Community"] + np.arange(draw.communities), first["Street"] + np.arange(draw.communities) // 7),
        (first["Hub"] + np.arange(d), two_new + np.arange(d)),
    ]
    for below, above in links:
        draw.edges("SUBORDINATE_TO", ("PartyBody", below), ("PartyBody", above), state="actual")
    draw.first = first


def _links(draw: Draw) -> None:
    d, per = draw.districts, draw.streets // draw.districts
    two_new = 1 + d + np.arange(d)
    draw.edges("LEADS", ("GoverningBody", np.zeros(d, np.int64)), ("GoverningBody", 1 + np.arange(d)))
    draw.edges("LEADS", ("GoverningBody", 1 + np.arange(d)), ("GoverningBody", two_new))
    for kind, each in (("Authority", AUTHORITIES), ("Street", per), ("GuidanceStation", STATION_COUNT)):
        draw.edges("LEADS", ("GoverningBody", np.repeat(two_new, each)), (kind, np.arange(d * each)))
    draw.edges("LEADS", ("GoverningBody", two_new), ("Hub", np.arange(d)))
    streets = np.arange(draw.streets)
    for offset in (d, d + draw.streets):
        draw.edges("LEADS", ("GoverningBody", 1 + d + streets // per), ("Hub", offset + streets))
        draw.edges("LOCATED_IN", ("Hub", offset + streets), ("Street", streets))
    draw.edges("LOCATED_IN", ("Hub", np.arange(d)), ("Street", np.arange(d) * per))
    station = np.repeat(np.arange(STATION_COUNT), POSTS_BY_STATION)
    posted = (np.arange(d)[:, None] * STATION_COUNT + station).ravel()
    draw.edges("POSTED_TO", ("InstructorPost", np.arange(d * POSTS)), ("GuidanceStation", posted))
    draw.edges(
        "LOCATED_IN",
        ("GuidanceStation", np.arange(d * STATION_COUNT)),
        ("Street", np.arange(d * STATION_COUNT) // STATION_COUNT * per),
    )
