from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.credit import ALIVE, NEVER_STARTED, NO_ACTIVITY, NO_INSPECTION, UNREACHABLE
from queries.facts import REGISTERED
from queries.question import Group, Question, Reason, Severity, about

# asked of those marked inactive too; activity since the certificate shows that it has started
INACTIVE = Question(
    id="inactive",
    group=Group.CREDIT,
    term="“僵尸型”",
    text=Text("哪些登记组织有“僵尸型”组织的情形？", "Which registered organisations show a sign of inactivity?"),
    remedy=Text("核实后督促恢复活动，或引导注销。", "Verify it, then have it resume work or deregister."),
    severity=Severity.MIDDLE,
    clauses=("N11",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & ALIVE,
    reasons={
        "no-inspection": Reason(Text("连续两年未年检", "annual inspections missed in a row"), NO_INSPECTION),
        "never-started": Reason(Text("取得证书后一直未开展活动", "no activity since its certificate"), NEVER_STARTED),
        "no-activity": Reason(Text("长期未开展章程业务", "no business within its charter for years"), NO_ACTIVITY),
        "unreachable": Reason(Text("无法联系", "cannot be reached"), UNREACHABLE),
    },
    columns=("status", "last_inspection", "last_activity"),
    needs=(Organization,),
)
