from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.beside import Beside
from queries.contradictions import BAD_CODE, OTHER_DIVISION, SAME_NAME, same_named
from queries.facts import NO_MEMBER, ORG
from queries.logic import Recorded
from queries.question import Group, Question, Reason, Severity, about

# a contradiction is between what is recorded: what is not recorded contradicts nothing, so nobody is in doubt
CONTRADICTIONS = Question(
    id="contradictions",
    group=Group.CREDIT,
    term="数据矛盾",
    text=Text(
        "哪些组织的登记数据互相矛盾或不合规则？", "Whose records contradict each other or the rules of their codes?"
    ),
    remedy=Text("核对原始材料后更正。", "Check the originals and correct the record."),
    severity=Severity.MIDDLE,
    clauses=("N14",),
    anchor=about(Organization),
    tracks="RF",
    scope=~Recorded(ORG.status.is_("deregistered")),
    reasons={
        "no-members-with-members": Reason(
            Text("称无党员却有党员数", "said to have no members, and has some"),
            Recorded(ORG.no_party_reason.is_("no-members") & ~NO_MEMBER),
        ),
        "bad-code": Reason(Text("信用代码有误", "its credit code is not valid"), BAD_CODE),
        "other-division": Reason(Text("信用代码属其他区划", "its credit code is of another division"), OTHER_DIVISION),
        "same-name": Reason(Text("与其他组织同名", "another has the same name"), SAME_NAME),
        "members-above-staff": Reason(
            Text("党员多于从业人员（提示）", "more members than staff (a hint)"), Recorded(ORG.members > ORG.staff)
        ),
    },
    columns=("track", "credit_code", "staff", "members"),
    beside={
        "others": Beside(Text("同名的其他组织", "others of that name"), same_named),
    },
    needs=(Organization,),
    parameters=("division_code",),
    in_process_only=Text(
        "校验码和名称归一须逐位计算。", "Check characters and normalised names are computed place by place."
    ),
)
