"""Grades, money and projects: for how long a grade holds, which year is looked at, who paid, hosted and carried out what.

A grade of year Y holds until 31 December of the year Y + the scheme's years: ledgers give the year only, so a grade is
held to be in force for as long as it may be (J16, N8).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from dateutil.relativedelta import relativedelta

from graphmodel.choices import Grade
from graphmodel.parameters import GRADE_YEARS, ReviewYear
from graphmodel.rows import Rows
from graphmodel.schema.edges import Benefits, CommissionedTo, Commissions, FundedBy, Funds, Hosts, PackagedBy
from graphmodel.schema.nodes import Community, Fund, Hub, Organization, PartyOrganization, Project, Street, Venue
from graphmodel.text import Text
from graphmodel.vectors import Indices, Kleene, Numbers
from queries.computed import Computed, Fact
from queries.context import Context
from queries.facts import ORG
from queries.given import Given, policy
from queries.logic import Truth
from queries.relations import Hop, incoming, outgoing
from queries.values import Value, fields

PROJECT = fields(Project)
VENUE = fields(Venue)
FUND = fields(Fund)

# --- years ---


def years_of_grade(context: Context) -> int:
    """For how many years after its own a grade holds by the scheme in force."""
    return next(years for scheme, years in GRADE_YEARS.items() if scheme == context.values.word("grade_scheme"))


def year_in_review(context: Context) -> int:
    """The year that yearly questions look at."""
    return context.today.year - (context.values.word("review_year") == ReviewYear.PREVIOUS_YEAR)


def in_review(_: Rows, context: Context, at: Indices) -> pl.Series:
    """The year in review, beside every finding."""
    return pl.Series(np.full(len(at), year_in_review(context)))


def _first_year_in_force(context: Context) -> int:
    return context.today.year - years_of_grade(context)


def _first_year_beyond_notice(context: Context) -> int:
    """Grades of earlier years have ended, or end within the months of notice."""
    after = context.today + relativedelta(months=context.values.integer("grade_expiring_months"), days=1)
    return after.year - years_of_grade(context)


REVIEW_YEAR = Given("year_in_review", ("review_year",), year_in_review)
REVIEW_FROM = Given("review_from", ("review_year",), lambda context: dt.date(year_in_review(context), 1, 1))
REVIEW_TO = Given("review_to", ("review_year",), lambda context: dt.date(year_in_review(context), 12, 31))
_IN_FORCE_FROM = Given("grades_in_force_from", ("grade_scheme",), _first_year_in_force)
_NOTICE_FROM = Given("grades_beyond_notice", ("grade_scheme", "grade_expiring_months"), _first_year_beyond_notice)

# --- grades (J16, J17, N8) ---

GRADED = Fact(
    "graded", Text("有评估等级", "holds a grade; not known where none is recorded"), ORG.grade.is_in(*Grade.values())
)
GRADE_ENDED = Fact("grade-ended", Text("等级已到期", "the grade has ended"), ORG.grade_year < _IN_FORCE_FROM)
GRADE_ENDING = Fact(
    "grade-ending",
    Text("等级即将到期", "the grade ends within the months of notice"),
    ~(ORG.grade_year < _IN_FORCE_FROM) & (ORG.grade_year < _NOTICE_FROM),
)
BELOW_PURCHASE = Fact(
    "below-purchase-grade",
    Text("等级不够承接政府购买", "graded below what government purchase asks; filed ones cannot be graded"),
    ORG.track.is_("filed") | ~(ORG.grade >= policy("purchase_min_grade")),
)

# --- money (J5, J14, J17) ---

PAYMENT = incoming(Funds, Fund, Organization)


def paid(purpose: str) -> Truth:
    """The payment is for that purpose."""
    is_for: Truth = PAYMENT.edge.purpose.is_(purpose)
    return is_for


PAID_IN_YEAR: Truth = (
    PAYMENT.edge.paid_on.known() & (PAYMENT.edge.paid_on >= REVIEW_FROM) & (PAYMENT.edge.paid_on <= REVIEW_TO)
) | (~PAYMENT.edge.paid_on.known() & PAYMENT.other(FUND.year.is_(REVIEW_YEAR)))
"""The payment falls in the year in review; without a date, that of its fund does."""

STARTUP_PAID = PAYMENT.some(paid("startup"))


def startup_total() -> Value:
    """All start-up support an organisation was paid."""
    return PAYMENT.total("amount", paid("startup"))


def training_total() -> Value:
    """What it was paid for training its members in the year in review."""
    return PAYMENT.total("amount", paid("training") & PAID_IN_YEAR)


# --- projects (J4, J5) ---

CONTRACTOR = outgoing(CommissionedTo, Project, Organization)
PARTY_CONTRACTOR = outgoing(CommissionedTo, Project, PartyOrganization)
CARRIED = incoming(CommissionedTo, Project, PartyOrganization)
FUNDED = outgoing(FundedBy, Project, Fund)
PACKAGED = outgoing(PackagedBy, Project, Hub)
BENEFITING = outgoing(Benefits, Project, Community)
BY_STREET = outgoing(Commissions, Street, Project)
BY_COMMUNITY = outgoing(Commissions, Community, Project)

PURCHASE = PROJECT.kind.is_("purchase")


def _ended_at_project(context: Context) -> Kleene:
    edges = CONTRACTOR.edges(context)
    grade, year = context.network[Organization].vector("grade_year"), context.network[Project].vector("year")
    assert isinstance(grade, Numbers)
    assert isinstance(year, Numbers)
    asked = np.where(year.known().yes, year.lo, context.today.year)[edges.source] - years_of_grade(context)
    return ~grade.take(edges.target).at_least(Numbers(asked, asked))


GRADE_ENDED_AT_PROJECT = Computed(
    "grade-ended-at-project",
    Text("承接年度等级已到期", "of a contractor: its grade had ended in the year of the project (without one, today)"),
    mask=_ended_at_project,
    text="{far}.grade_year < coalesce({near}.year, $this_year) - $grade_years",
    givens=(
        Given("grade_years", ("grade_scheme",), years_of_grade),
        Given("this_year", (), lambda context: context.today.year),
    ),
)


def party_building(hop: Hop) -> Truth:
    """The project at the other end is a Party-building one of the year in review."""
    return hop.other(PROJECT.kind.is_("party-building") & PROJECT.year.is_(REVIEW_YEAR))


# --- venues (J15) ---

HOST = incoming(Hosts, Venue, PartyOrganization)
HOSTED = outgoing(Hosts, Venue, PartyOrganization)
