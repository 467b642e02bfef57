from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.chain import EXISTS, PO
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

COMMITTEE_MISSING = Question(
    id="committee-missing",
    group=Group.COVERAGE,
    term="未设支委会",
    text=Text(
        "哪些党组织的党员人数应当设委员会而没有设？",
        "Which Party organisations have members enough to need a committee and have none?",
    ),
    remedy=Text("召开党员大会，选举产生支部委员会。", "Hold a meeting of members and elect a branch committee."),
    severity=Severity.HIGH,
    clauses=("N3",),
    anchor=about(PartyOrganization),
    tracks=None,
    # the register gives a Party organisation's members of any kind: the nearest there is to its full members
    scope=EXISTS & (PO.members >= policy("branch_committee_min_members")),
    reasons={"no-committee": Reason(Text("未设委员会", "no committee"), ~PO.has_committee)},
    columns=("level", "members"),
    needs=(PartyOrganization,),
)
