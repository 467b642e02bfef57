from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.beside import Beside, names, of_others
from queries.branches import STANDALONE, UNIT
from queries.facts import OPERATING, actual, full_members_at_least
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

OPERATING_UNIT = actual(UNIT) & UNIT.other(OPERATING)

STANDALONE_BELOW_STRENGTH = Question(
    id="standalone-below-strength",
    group=Group.COVERAGE,
    term="单建不足",
    text=Text(
        "哪些单独组建的党组织，其社会组织的正式党员已不足建支部的人数？",
        "Which Party organisations of one organisation alone have too few full members there to be a branch?",
    ),
    remedy=Text(
        "培养发展党员或转入组织关系；一时达不到的，与相邻或同行业的组织联建。",
        "Bring up members or move their relations here; where that takes long, join neighbours or the trade.",
    ),
    severity=Severity.MIDDLE,
    clauses=("N1",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=STANDALONE & UNIT.some(OPERATING_UNIT),
    reasons={
        "below-strength": Reason(
            Text("正式党员不足", "too few full members"),
            UNIT.some(OPERATING_UNIT & UNIT.other(~full_members_at_least(policy("branch_min_members")))),
        )
    },
    columns=("members", "founded_on"),
    beside={
        "unit": Beside(Text("覆盖的组织", "organisation covered"), names((UNIT, OPERATING_UNIT))),
        "full_members": Beside(
            Text("其正式党员数", "its full members"), of_others(UNIT, "full_members", OPERATING_UNIT), restricted=True
        ),
    },
    evidence=(UNIT,),
    needs=(Covers,),
)
