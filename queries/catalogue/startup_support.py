from graphmodel.schema.nodes import Organization
from graphmodel.schema.units import YUAN
from graphmodel.text import Text
from queries.assessment import PAYMENT, STARTUP_PAID, paid, startup_total
from queries.beside import Beside, number, of_relations
from queries.facts import OPERATING, ORG, REGISTERED
from queries.given import before_today, policy
from queries.needs import Those
from queries.question import Group, Question, Reason, Severity, about

_NEW = ORG.registered_on > before_today("startup_new_years", "years")
_ASSESSED = before_today("startup_assessment_years", "years")
_within = (startup_total() >= policy("startup_min_yuan")) & (startup_total() <= policy("startup_max_yuan"))

# all start-up payments together have to lie in the range; whoever was paid is judged, new or not any more
STARTUP_SUPPORT = Question(
    id="startup-support",
    group=Group.ASSESSMENT,
    term="初创扶持",
    text=Text(
        "哪些初创组织该得扶持而未得，哪些扶持不合规定？",
        "Which new organisations are due start-up support and have none, and which support breaks the rule?",
    ),
    remedy=Text(
        "考核合格的按标准拨付，不合规定的追查更正。",
        "Pay those that passed within the range; look into what breaks the rule.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J5", "J17"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & (_NEW | STARTUP_PAID),
    reasons={
        "due": Reason(
            Text("考核合格未拨付", "passed after its first year, and nothing paid"),
            _NEW & (ORG.registered_on <= _ASSESSED) & ORG.startup_passed & ~STARTUP_PAID,
        ),
        "amount": Reason(Text("金额超出范围", "the amount is outside the range"), STARTUP_PAID & ~_within),
        "not-passed": Reason(Text("未经考核合格", "paid without a pass"), STARTUP_PAID & ~ORG.startup_passed),
    },
    columns=("registered_on", "startup_passed"),
    beside={
        "paid": Beside(Text("已拨付扶持", "support paid"), number(startup_total()), YUAN, restricted=True),
        "paid_on": Beside(Text("拨付日期", "paid on"), of_relations(PAYMENT, "paid_on", paid("startup"))),
    },
    evidence=(PAYMENT,),
    needs=(Those(PAYMENT, PAYMENT.edge.purpose.is_("startup")),),
)
