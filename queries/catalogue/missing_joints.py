from graphmodel.schema.nodes import Alliance
from graphmodel.text import Text
from queries.alliances import ALLIANCE, HAS_JOINT, MEMBERS
from queries.logic import EVERY
from queries.question import Group, Question, Reason, Severity, about

_JOINTS = {
    f"no-{joint.value}": Reason(
        Text(f"没有{joint.title.zh}", f"none of its members are joined by: {joint.title.en}"), ~has
    )
    for joint, has in HAS_JOINT.items()
}

# joint work counts between two members; one that names no alliance counts in each that both are members of
MISSING_JOINTS = Question(
    id="missing-joints",
    group=Group.ALLIANCE,
    term="七联缺项",
    text=Text(
        "各联盟的“七联”缺哪几项，有没有公约和承诺？",
        "Which of the seven joints does each alliance lack; has it a charter and pledges?",
    ),
    remedy=Text(
        "由牵头单位就所缺的联建项目组织成员开展。", "Have the lead start the joints that it lacks among its members."
    ),
    severity=Severity.MIDDLE,
    clauses=("J12",),
    anchor=about(Alliance),
    tracks=None,
    scope=EVERY,
    reasons={
        **_JOINTS,
        "no-charter": Reason(Text("没有公约", "no charter"), ~ALLIANCE.charter),
        "no-pledges": Reason(Text("没有承诺", "no pledges"), ALLIANCE.pledges < 1),
    },
    columns=("charter", "pledges"),
    evidence=(MEMBERS,),
    needs=(Alliance,),
)
