"""Which organisations are there in a large network? Track, place, trade, authority, members and facts as whole columns."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from examples.generator.draw import Draw, Ints, Mask
from examples.generator.names import FILED, SUFFIXES
from graphmodel import identity
from graphmodel.codes import make_credit_codes

INDUSTRIES = tuple(SUFFIXES)
AUTHORITIES = 24  # in each district
REGISTERED, DIRECT, UNKNOWN_AUTHORITY = 0.377, 0.12, 0.01
_TRADE_SHARES = np.array([20, 9, 11, 9, 9, 6, 5, 8, 5, 6, 6, 4, 2], dtype=float)
_YEARS = (dt.date(2003, 1, 6), dt.date(2016, 5, 30))


def add_organizations(draw: Draw) -> None:
    """Draw places and trades, then the node table of organisations."""
    n, rng = draw.n, draw.rng
    draw.registered = rng.random(n) < REGISTERED
    draw.operating = rng.random(n) >= 0.015
    draw.community = rng.integers(0, draw.communities, n)
    draw.street = draw.community // 7
    draw.district = draw.street // (draw.streets // draw.districts)
    draw.industry = rng.choice(len(INDUSTRIES), n, p=_TRADE_SHARES / _TRADE_SHARES.sum())
    _places(draw)
    mode = rng.random(n)
    draw.authority = _authorities(draw)
    direct = draw.registered & (mode < DIRECT)
    draw.authority[~draw.registered | direct | (mode > 1 - UNKNOWN_AUTHORITY)] = -1
    _cover(draw)
    _members(draw)
    _table(draw, direct)


def _places(draw: Draw) -> None:
    """Of two in a hundred the community is not known, of one the street neither."""
    drawn = draw.rng.random(draw.n)
    draw.community[drawn < 0.03] = -1
    draw.located = drawn >= 0.01
    draw.street[~draw.located] = -1


def _authorities(draw: Draw) -> Ints:
    """Nine in ten are with the authority of their trade, so that a few groups of a district pass ten."""
    other = draw.rng.integers(0, AUTHORITIES, draw.n)
    usual = draw.rng.random(draw.n) < 0.9
    return (draw.district * AUTHORITIES + np.where(usual, draw.industry, other)).astype(np.int64)


def _cover(draw: Draw) -> None:
    registered = draw.rng.choice(4, draw.n, p=(0.047, 0.356, 0.589, 0.008))
    filed = draw.rng.choice(4, draw.n, p=(0.906, 0.04, 0.054, 0.0))
    draw.cover = np.where(draw.registered, registered, filed).astype(np.int64)


def _members(draw: Draw) -> None:
    """Full members: three and more with a branch of their own, fewer with a joint one, some the other way round."""
    n, rng = draw.n, draw.rng
    many, few = 3 + rng.geometric(0.2, n) - 1, rng.integers(0, 3, n)
    turned = rng.random(n) < np.where(draw.cover == 1, 0.05, 0.035)
    draw.full = np.where((draw.cover == 1) ^ turned, many, few).astype(np.int64)


def _ids(draw: Draw, names: pl.Series, form: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Credit codes of four in five registered ones, numbers of the others, and the ids."""
    n, rng = draw.n, draw.rng
    serial = pl.Series(10_000_000 + rng.permutation(n) if n < 80_000_000 else np.arange(n))
    division = draw.pick(("510104", "510107"), (0.998, 0.002), n)
    kind = form.replace_strict({"association": "1", "private-unit": "2", "foundation": "3"}, return_dtype=pl.String)
    codes = make_credit_codes("5" + kind + division + serial.cast(pl.String))
    numbered = rng.random(n) < 0.2
    facts = pl.DataFrame(
        {
            "track": pl.Series(np.where(draw.registered, "registered", "filed")),
            "code": codes,
            "number": "锦民证字第" + serial.cast(pl.String) + "号",
            "place": _place_ids(draw),
            "name": names,
        }
    )
    registered = pl.Series(draw.registered)
    facts = facts.with_columns(
        code=pl.when(registered & ~pl.Series(numbered)).then(pl.col("code")),
        number=pl.when(registered & pl.Series(numbered)).then(pl.col("number")),
    )
    ids = facts.select(identity.organization_id(*(pl.col(c) for c in facts.columns))).to_series()
    return ids, facts["code"], facts["number"]


def street_ids(draw: Draw) -> pl.Series:
    """Nine digits, as division codes of streets have."""
    return pl.Series(510_000_001 + np.arange(draw.streets)).cast(pl.String)


def community_ids(draw: Draw) -> pl.Series:
    """By street and name."""
    number = np.arange(draw.communities)
    names = pl.Series("第" + pl.Series(number % 7 + 1).cast(pl.String) + "社区")
    streets = street_ids(draw).gather(number // 7)
    return pl.select(identity.community_id(pl.lit(streets), pl.lit(names))).to_series()


def _place_ids(draw: Draw) -> pl.Series:
    community = _gather(community_ids(draw), draw.community)
    return pl.select(pl.coalesce(pl.lit(community), pl.lit(_gather(street_ids(draw), draw.street)))).to_series()


def _gather(ids: pl.Series, places: Ints) -> pl.Series:
    """The id at each place, null at -1."""
    known = ids.gather(np.maximum(places, 0))
    return pl.select(pl.when(pl.lit(pl.Series(places >= 0))).then(pl.lit(known))).to_series()


def _names(draw: Draw) -> pl.Series:
    suffixes = pl.Series([suffix for words in SUFFIXES.values() for suffix in words[:3]])
    filed = pl.Series([suffix for suffix, _, _ in FILED])
    trade = suffixes.gather(draw.industry * 3 + draw.rng.integers(0, 3, draw.n))
    local = filed.gather(draw.rng.integers(0, len(filed), draw.n))
    number = pl.Series(np.arange(draw.n)).cast(pl.String)
    suffix = pl.select(
        pl.when(pl.lit(pl.Series(draw.registered))).then(pl.lit(trade)).otherwise(pl.lit(local))
    ).to_series()
    return "示例" + number + suffix


def _when_registered(draw: Draw, series: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.lit(pl.Series(draw.registered))).then(pl.lit(series))).to_series()


def _table(draw: Draw, direct: Mask) -> None:
    n, rng = draw.n, draw.rng
    form = draw.pick(("association", "private-unit", "foundation"), (0.45, 0.545, 0.005), n)
    names = _names(draw)
    ids, codes, numbers = _ids(draw, names, form)
    draw.ids["Organization"] = ids
    full = draw.integers(draw.full, 0.015)
    elsewhere = pl.Series(rng.integers(0, 2, n)) * full // full.clip(1)  # unknown where the full members are
    probationary = elsewhere * (rng.integers(0, 6, n) == 0).astype(np.int64)
    here = full + probationary
    stated = draw.pick(("operating", None), (0.998, 0.002), n)
    status = pl.select(
        pl.when(pl.lit(pl.Series(draw.operating))).then(stated).otherwise(pl.lit("inactive"))
    ).to_series()
    mode = pl.Series(np.where(direct, "direct", "dual"))
    graded = draw.pick((None, "1A", "2A", "3A", "4A", "5A"), (0.33, 0.08, 0.16, 0.27, 0.08, 0.08), n)
    draw.nodes(
        "Organization", ids, name=names, track=np.where(draw.registered, "registered", "filed"), legal_form=form,
        category=draw.pick(("service", "affairs", "activity", "charity", "rights", None), (50, 15, 20, 8, 6, 1), n),
        industry=_industry(draw), status=status,
        registration=_when_registered(draw, mode), credit_code=codes, registration_number=numbers,
        registered_on=draw.days(*_YEARS, n, 0.002), staff=pl.Series(rng.integers(3, 60, n)) + here.fill_null(0) + elsewhere.fill_null(0),
        members=here + elsewhere, members_here=here, full_members=full, probationary_members=probationary, members_elsewhere=elsewhere,
        union=draw.flags(0.25, 0.01, n), youth_league=draw.flags(0.03, 0.01, n), womens_federation=draw.flags(0.2, 0.01, n),
        grade=_when_registered(draw, graded), grade_year=_when_registered(draw, draw.pick(("2015", "2013"), (0.97, 0.03), n)).cast(pl.Int64),
        activity_regular=draw.flags(0.96, 0.01, n), members_visible=draw.flags(0.96, 0.01, n), party_life_regular=draw.flags(0.96, 0.01, n),
        startup_passed=draw.flags(0.5, 0.4, n), registration_material=draw.flags(0.97, 0.01, n),
        last_inspection=_when_registered(draw, draw.pick(("2015", "2014", "2012", None), (0.95, 0.02, 0.02, 0.01), n)).cast(pl.Int64),
        last_party_report=_when_registered(draw, draw.pick(("2015", "2014", "2012", None), (0.95, 0.02, 0.02, 0.01), n)).cast(pl.Int64),
        last_activity=draw.days(dt.date(2014, 3, 1), draw.day, n, 0.01), reachable=draw.flags(0.99, 0.005, n),
        charter_clause=draw.flags(0.9, 0.02, n), abnormal_listed=draw.flags(0.01, 0.005, n),
    )  # fmt: skip


def _industry(draw: Draw) -> pl.Series:
    """The trade of each, of five in a thousand not known."""
    places = np.where(draw.rng.random(draw.n) < 0.005, -1, draw.industry)
    return _gather(pl.Series(list(INDUSTRIES)), places.astype(np.int64))
