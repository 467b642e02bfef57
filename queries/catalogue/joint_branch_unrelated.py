from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.beside import Beside, names
from queries.branches import FAR_APART, JOINT, PRESENT_UNIT, SEVERAL_INDUSTRIES, UNIT
from queries.question import Group, Question, Reason, Severity, about

JOINT_BRANCH_UNRELATED = Question(
    id="joint-branch-unrelated",
    group=Group.COVERAGE,
    term="联建不合理",
    text=Text(
        "哪些联合党支部的成员组织既不相邻，也不属同一行业？",
        "Which joint branches join organisations that are neither near each other nor of one industry?",
    ),
    remedy=Text(
        "把相隔较远、行业不同的成员调整到本街道、相邻街道或本行业的联合党支部。",
        "Move members that are far away and of another trade to a joint branch of their street, a neighbouring one or "
        "their trade.",
    ),
    severity=Severity.ADVICE,
    clauses=("N2",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=JOINT,
    # related: all of one industry, or every two of them within the policy's hops of each other
    reasons={
        "unrelated": Reason(
            Text("既不相邻也不同行业", "neither near nor of one industry"), FAR_APART & SEVERAL_INDUSTRIES
        )
    },
    columns=("members",),
    beside={
        "covered": Beside(Text("覆盖的组织", "organisations covered"), names((UNIT, PRESENT_UNIT))),
    },
    evidence=(UNIT,),
    needs=(Covers,),
    in_process_only=Text(
        "街道之间隔几个街道要沿相邻关系搜索。", "How many streets lie between needs a search over NEIGHBOURS."
    ),
)
