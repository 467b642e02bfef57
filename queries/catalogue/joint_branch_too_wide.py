from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.beside import Beside, names, number
from queries.branches import JOINT, PRESENT_UNIT, UNIT
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

JOINT_BRANCH_TOO_WIDE = Question(
    id="joint-branch-too-wide",
    group=Group.COVERAGE,
    term="联建超限",
    text=Text("哪些联合党支部覆盖的组织过多？", "Which joint branches cover too many organisations?"),
    remedy=Text(
        "把够条件的转为单独组建，其余按街道或行业分设。",
        "Let those that can stand alone do so, and part the others by street or trade.",
    ),
    severity=Severity.ADVICE,
    clauses=("N2",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=JOINT,
    # an inactive organisation takes a place too; a deregistered one takes none
    reasons={
        "too-wide": Reason(
            Text("家数超过上限", "more organisations than the limit"),
            UNIT.count(PRESENT_UNIT) > policy("joint_max_units"),
        )
    },
    columns=("members",),
    beside={
        "units": Beside(Text("覆盖家数", "organisations covered"), number(UNIT.count(PRESENT_UNIT)), UNITS),
        "covered": Beside(Text("覆盖的组织", "which"), names((UNIT, PRESENT_UNIT))),
    },
    evidence=(UNIT,),
    needs=(Covers,),
)
