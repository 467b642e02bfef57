"""How does a plan become tables? Organisations and branches as rows: what the ledger tells and what the bundle tells."""

from __future__ import annotations

import datetime as dt

from examples.generator.alliance import add_alliances
from examples.generator.assessment import add_assessment
from examples.generator.bodies import add_bodies, party_of
from examples.generator.coverage import add_coverage
from examples.generator.duty import add_duties
from examples.generator.geography import add_geography, streets_2016
from examples.generator.guidance import add_guidance
from examples.generator.model import Example, Organization
from examples.generator.organizations import add_organizations
from examples.generator.rows import Ref
from examples.generator.work import add_work

SEED, DAY = 20160612, dt.date(2016, 6, 12)


def example_district(seed: int = SEED, day: dt.date = DAY) -> Example:
    """The whole example: 964 organisations of one district with planted gaps; the same for the same seed.

    `result.rows.tables()` is the complete network as tables, `tables("ledger")` and `tables("bundle")` its two sources.
    """
    example = Example(day, seed, streets_2016())
    add_geography(example.rows, example.streets)
    add_organizations(example)
    add_bodies(example)
    add_coverage(example)
    add_duties(example)
    add_guidance(example)
    add_alliances(example)
    add_assessment(example)
    add_work(example)
    for o in example.organizations:
        _ledger_rows(example, o)
        _bundle_rows(example, o)
    _joint_rows(example)
    _second_cover(example)
    return example


def _first_of_month(day: dt.date | None) -> dt.date | None:
    """Ledgers write months: 2015.6."""
    return day and day.replace(day=1)


def _ledger_rows(example: Example, o: Organization) -> None:
    rows = example.rows
    rows.node(
        "Organization", o.id, o.name, "ledger", track=o.track, category=o.category, legal_form=o.legal_form,
        industry=o.industry, status=o.status, registration=o.registration, credit_code=o.code,
        registration_number=o.number, registered_on=o.registered_on, staff=o.staff, members=o.members,
        members_here=o.members_here, full_members=o.full, probationary_members=o.probationary,
        members_elsewhere=o.elsewhere, no_party_reason=o.reason, union=o.union, youth_league=o.league,
        womens_federation=o.women, grade=o.grade, grade_year=o.grade_year,
    )  # fmt: skip
    organization = ("Organization", o.id)
    if o.authority:
        rows.edge("LICENSED_BY", organization, ("Authority", o.authority), "ledger")
    if o.street:
        place = ("Community", o.community) if o.community else ("Street", o.street)
        rows.edge("LOCATED_IN", organization, place, "ledger")
    if o.cover in {"standalone", "functional"}:
        _own_branch_rows(example, o)
    elif o.planned_for:
        _planned_rows(example, o)


def _own_branch_rows(example: Example, o: Organization) -> None:
    level = "general-branch" if (o.members_here or 0) > 100 else "branch"
    founded = _first_of_month(o.founded)
    branch = ("PartyOrganization", o.branch or "")
    example.rows.node(*branch, f"{o.name}党支部" if level == "branch" else f"{o.name}党总支", "ledger",
                      level=level, form=o.cover, state="actual", founded_on=founded, superior_kind=superior_kind(o))  # fmt: skip
    example.rows.edge("COVERS", branch, ("Organization", o.id), "ledger", state="actual", since=founded)
    if o.superior:
        example.rows.edge(
            "SUBORDINATE_TO", branch, ("PartyOrganization", o.superior), "ledger", state="actual", since=founded
        )


def _planned_rows(example: Example, o: Organization) -> None:
    """A day on which a branch is to be founded makes a planned one."""
    branch, promise = ("PartyOrganization", party_of(o.id)), {"state": "planned", "deadline": o.planned_for}
    example.rows.node(*branch, f"{o.name}党支部", "ledger", level="branch", form="standalone", state="planned")
    example.rows.edge("COVERS", branch, ("Organization", o.id), "ledger", **promise)
    example.rows.edge("SUBORDINATE_TO", branch, ("PartyOrganization", o.superior or ""), "ledger", **promise)


def superior_kind(o: Organization) -> str:
    """What the ledger says about the kind of superior."""
    if not o.registered:
        return "territorial"
    return "authority" if o.authority else "industry"


def _joint_rows(example: Example) -> None:
    for joint in example.joints:
        founded = _first_of_month(joint.founded)
        branch = ("PartyOrganization", joint.id)
        kind = superior_kind(joint.members[0])
        example.rows.node(
            *branch,
            joint.name,
            "ledger",
            level="branch",
            form="joint",
            state="actual",
            founded_on=founded,
            superior_kind=kind,
        )
        example.rows.edge(
            "SUBORDINATE_TO", branch, ("PartyOrganization", joint.superior), "ledger", state="actual", since=founded
        )
        for o in joint.members:
            o.founded = joint.founded
            example.rows.edge("COVERS", branch, ("Organization", o.id), "ledger", state="actual", since=founded)


def _second_cover(example: Example) -> None:
    """One branch of its own that covers a second organisation, which has one too."""
    twins = [o for o in example.of("registered") if o.cover == "standalone" and o.operating and (o.full or 0) >= 5][
        20:22
    ]
    branch: Ref = ("PartyOrganization", twins[0].branch or "")
    example.rows.edge("COVERS", branch, ("Organization", twins[1].id), state="actual", since=dt.date(2015, 5, 1))
    example.plant("contradictions-party", branch[1], "own-covers-several")


def _bundle_rows(example: Example, o: Organization) -> None:
    rows, organization, since = example.rows, ("Organization", o.id), dt.date(2014, 6, 1)
    if o.extra:
        rows.node(*organization, **o.extra)
    for authority in o.supervised_by:
        rows.edge("SUPERVISES", ("Authority", authority), organization, state="actual", since=since)
    for street in o.guided_by:
        rows.edge("GUIDES", ("Street", street), organization, state="actual", since=since)
    for community in o.answered_by:
        rows.edge("ANSWERS_FOR", ("Community", community), organization, state="actual", since=since)
    for hub, start, until in o.incubations:
        rows.edge("INCUBATES", ("Hub", hub), organization, state="actual", kind="temporary", since=start, until=until)
    for post in o.posts:
        rows.edge("INSTRUCTS", ("InstructorPost", post), organization, state="actual", since=since)
    for station in o.stations:
        rows.edge("STATION_GUIDES", ("GuidanceStation", station), organization, state="actual", since=since)
