"""What is true of an organisation? The named facts that questions share, each with its definition in one place."""

from __future__ import annotations

from graphmodel.schema.edges import Covers, Incubates, Instructs, StationGuides
from graphmodel.schema.nodes import GuidanceStation, Hub, InstructorPost, Organization, PartyOrganization
from graphmodel.text import Text
from graphmodel.vectors import Kleene
from queries.chain import CHAIN_REACHES_TOP, EXISTS, PO
from queries.computed import Computed, Fact
from queries.given import Switch, today
from queries.logic import Decided, Recorded, Truth
from queries.relations import Hop, incoming
from queries.values import Operand, fields

ORG = fields(Organization)

REGISTERED = Fact("registered", Text("登记", "registered"), ORG.track.is_("registered"))
FILED = Fact("filed", Text("备案", "filed"), ORG.track.is_("filed"))
OPERATING = Fact(
    "operating",
    Text("正常运行", "operating"),
    ORG.status.is_("operating") | (ORG.status.is_("inactive") & Switch("inactive_in_scope")),
)

COVER = incoming(Covers, PartyOrganization, Organization)
INSTRUCTOR = incoming(Instructs, InstructorPost, Organization)
STATION = incoming(StationGuides, GuidanceStation, Organization)
INCUBATOR = incoming(Incubates, Hub, Organization)


def actual(hop: Hop) -> Truth:
    """The relation is actual, not merely planned."""
    truth: Truth = hop.edge.state.is_("actual")
    return truth


COVERING = actual(COVER) & COVER.other(EXISTS)
"""An actual COVERS relation from an existing Party organisation."""

ANY_COVER = Fact("any-cover", Text("有党组织覆盖", "covered by a Party organisation"), COVER.some(COVERING))
STRICT_COVER = Fact(
    "strict-cover",
    Text("有党组织覆盖且隶属链完整", "covered by a Party organisation whose own chain reaches the top"),
    COVER.some(COVERING & COVER.other(CHAIN_REACHES_TOP)),
)
COVERED = Fact(
    "covered",
    Text("已覆盖", "covered, strictly where the policy says so"),
    (Switch("strict_cover") & STRICT_COVER) | (~Switch("strict_cover") & ANY_COVER),
)

OWN = Fact(
    "own",
    Text("单独组建", "has a Party organisation of its own"),
    COVER.some(COVERING & COVER.other(PO.form.is_("standalone"))),
)
IN_JOINT = Fact(
    "in-joint", Text("联合组建", "in a joint branch"), COVER.some(COVERING & COVER.other(PO.form.is_("joint")))
)
_POSTS_ON_RECORD = Computed(
    "posts-on-record",
    Text("已登记指导员岗位的联系对象", "whom instructor posts look after is on record"),
    mask=lambda context: Kleene.constant(
        len(context.network[Organization]), bool(INSTRUCTOR.truth(actual(INSTRUCTOR), context)[1].yes.any())
    ),
    text=f"EXISTS {{ ()-[posted:{Instructs.type_name}]->() WHERE posted.state = 'actual' }}",
)
_AT_A_POST = INSTRUCTOR.some(actual(INSTRUCTOR))
# a blank is no "no": nobody has one for certain by the ledger's word, or where the posts' own record is kept: what is planned is none
_NOT_BY_LEDGER: Truth = ~ORG.has_instructor | (~ORG.has_instructor.known() & _POSTS_ON_RECORD)
INSTRUCTED = Fact(
    "instructed",
    Text("有指导员", "has an instructor"),
    Decided(_AT_A_POST | ORG.has_instructor, ~_AT_A_POST & _NOT_BY_LEDGER),
)
STATION_GUIDED = Fact("station-guided", Text("有指导站", "has a guidance station"), STATION.some(actual(STATION)))
INSTRUCTION = (INSTRUCTOR, ORG.has_instructor)
"""What tells of instructors at all: without either, nobody's lack of one is known."""
GUIDANCE = (*INSTRUCTION, STATION)
"""What tells of work coverage beside mass organisations, which every row tells for itself."""

MASS_ORGANISATION = Fact(
    "mass-organisation",
    Text("有群团组织", "has a union, league or women's federation"),
    ORG.union | ORG.youth_league | ORG.womens_federation,
)
WORK_COVER = Fact(
    "work-cover",
    Text("有党的工作覆盖", "work coverage: instructor, station or mass organisation"),
    INSTRUCTED | STATION_GUIDED | MASS_ORGANISATION,
)


def full_members_at_least(bound: Operand) -> Truth:
    """Full members, relation here, are at least `bound`; a ledger's totals bound them from above and decide a no."""
    totals = ~(ORG.members_here >= bound) | ~(ORG.members >= bound)
    return Decided(ORG.full_members >= bound, ~(ORG.full_members >= bound) | (~ORG.full_members.known() & totals))


_SOME_MEMBER = (
    (ORG.members >= 1)
    | (ORG.members_here >= 1)
    | (ORG.full_members >= 1)
    | (ORG.probationary_members >= 1)
    | (ORG.members_elsewhere >= 1)
)
_PARTS_ZERO = (ORG.full_members < 1) & (ORG.probationary_members < 1) & (ORG.members_elsewhere < 1)
_PLACES_ZERO = (ORG.members_here < 1) & (ORG.members_elsewhere < 1)
NO_MEMBER = Fact(
    "no-member",
    Text("无党员", "no member of any kind"),
    Decided((ORG.members < 1) | _PARTS_ZERO | _PLACES_ZERO, _SOME_MEMBER),
)

INCUBATING = actual(INCUBATOR) & ~Recorded((INCUBATOR.edge.until < today()) | (INCUBATOR.edge.since > today()))
"""An actual INCUBATES relation that has begun and has not ended; without days it goes on."""

INCUBATED = Fact("incubated", Text("孵化中", "taken in by a hub at present"), INCUBATOR.some(INCUBATING))
