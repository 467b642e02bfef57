from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.coverage import THREE_NONE as FACT
from queries.facts import COVER, GUIDANCE, INSTRUCTOR, OPERATING, REGISTERED, STATION
from queries.question import Group, Question, Reason, Severity, about

THREE_NONE = Question(
    id="three-none",
    group=Group.COVERAGE,
    term="“三无”组织",
    text=Text(
        "哪些正常运行的登记组织无党组织、无党员、无党的工作覆盖？",
        "Which operating registered organisations have no Party organisation, no member and no work coverage?",
    ),
    remedy=Text(
        "先派指导员建立联系，摸清党员和从业人员情况，培养发展党员，再纳入联合党支部。",
        "Send an instructor first, survey members and staff, bring up members, then take it into a joint branch.",
    ),
    severity=Severity.HIGH,
    clauses=("J16",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING,
    reasons={"three-none": Reason(Text("三者皆无", "none of the three"), FACT)},
    columns=("grade",),
    evidence=(COVER, INSTRUCTOR, STATION),
    needs=(COVER, GUIDANCE),
)
