from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.credit import INSPECTION_YEAR, OWES_CLAUSE, OWES_MATERIAL, REPORTS_UNTIL
from queries.facts import OPERATING, ORG, REGISTERED
from queries.question import Group, Question, Reason, Severity, about

# each is owed by those registered since its day; the report is that of the latest year that is due
THREE_SYNC_MISSING = Question(
    id="three-sync-missing",
    group=Group.CREDIT,
    term="“三同步”缺件",
    text=Text(
        "哪些组织缺少登记时的党建材料、党建年报或章程条款？",
        "Who lacks the Party-building material of its registration, the yearly report or the charter clause?",
    ),
    remedy=Text(
        "由登记管理机关通知补交，章程在下次修改时补入条款。",
        "Have the registrar ask for it; add the clause when the charter is next changed.",
    ),
    severity=Severity.HIGH,
    clauses=("N7", "J7"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING,
    reasons={
        "material": Reason(
            Text("缺登记时的党建材料", "no Party-building material at registration"),
            OWES_MATERIAL & ~ORG.registration_material,
        ),
        "report": Reason(
            Text("缺党建年报", "the yearly Party-building report is missing"),
            (ORG.registered_on <= REPORTS_UNTIL) & (ORG.last_party_report < INSPECTION_YEAR),
        ),
        "charter-clause": Reason(
            Text("章程无党建条款", "no Party-building clause in the charter"), OWES_CLAUSE & ~ORG.charter_clause
        ),
    },
    columns=("registered_on", "last_party_report"),
    needs=(Organization,),
)
