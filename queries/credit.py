"""Signs of inactivity, what registration asks for, and what is due when: facts of the credit rules (N7, N10, N11)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from graphmodel.text import Text
from queries.computed import Fact
from queries.context import Context
from queries.facts import ORG
from queries.given import Given, before_today, policy, today
from queries.logic import Recorded

# --- days and years ---


def inspection_year(context: Context) -> int:
    """The latest year whose annual inspection and report are due: last year's, once the policy's month has passed."""
    return context.today.year - (1 if context.today.month > context.values.integer("annual_report_due_month") else 2)


def handover_deadline(context: Context, registered: dt.date) -> dt.date:
    """The last day for handing over who was registered on a day; weekends are left out, public holidays are not known."""
    return _working_days(registered, context.values.integer("handover_working_days"), "backward")


def working_days_ago(context: Context) -> dt.date:
    """The latest day of registration whose deadline is past: that of the day after is today or later."""
    after = _working_days(context.today, -context.values.integer("handover_working_days"), "forward")
    return after - dt.timedelta(days=1)


def _working_days(day: dt.date, days: int, roll: Literal["backward", "forward"]) -> dt.date:
    moved: dt.date = np.busday_offset(np.datetime64(day, "D"), days, roll=roll).astype(dt.date)
    return moved


INSPECTION_YEAR = Given("inspection_year", ("annual_report_due_month",), inspection_year)
REPORTS_UNTIL = Given(
    "reports_until", ("annual_report_due_month",), lambda context: dt.date(inspection_year(context), 12, 31)
)
"""Whoever was registered by this day owes the report of that year."""
HANDED_OVER_BY = Given("handed_over_by", ("handover_working_days",), working_days_ago)
"""For whoever was registered by this day, the working days for handing over are past."""
_INSPECTED_UNTIL = Given(
    "inspected_until",
    ("annual_report_due_month", "inactive_inspections"),
    lambda context: inspection_year(context) - context.values.integer("inactive_inspections"),
)

# --- the four signs of an inactive body (N11) ---

ALIVE = ~ORG.status.is_("deregistered")
NO_INSPECTION = ORG.last_inspection <= _INSPECTED_UNTIL
"""The inspections missed in a row end with the latest one that is due."""

_A_YEAR_ON = before_today("inactive_first_activity_years", "years")
NEVER_STARTED = (ORG.registered_on <= _A_YEAR_ON) & (ORG.last_activity < ORG.registered_on)
"""A year after the certificate, no activity since it; whoever has been active since has started."""

_QUIET_SINCE = before_today("inactive_activity_years", "years")
NO_ACTIVITY = (ORG.last_activity < _QUIET_SINCE) & ~Recorded(ORG.registered_on > _QUIET_SINCE)
UNREACHABLE = ~ORG.reachable
SIGNS = Fact(
    "inactive-signs",
    Text("有“僵尸型”情形", "shows a sign of inactivity"),
    NO_INSPECTION | NEVER_STARTED | NO_ACTIVITY | UNREACHABLE,
)

NEW = (ORG.registered_on >= before_today("newly_registered_days", "days")) & (ORG.registered_on <= today())
OWES_MATERIAL = (ORG.registered_on >= policy("registration_material_from")) & (ORG.registered_on <= HANDED_OVER_BY)
OWES_CLAUSE = ORG.registered_on >= policy("charter_clause_from")
