from graphmodel.schema.nodes import Organization
from graphmodel.schema.units import YEAR, YUAN
from graphmodel.text import Text
from queries.assessment import PAYMENT, in_review, training_total
from queries.beside import Beside, number
from queries.facts import NO_MEMBER, OPERATING, ORG, REGISTERED
from queries.given import policy
from queries.needs import Those
from queries.question import Group, Question, Reason, Severity, about
from queries.values import Times

_DUE = Times(ORG.members, policy("training_yuan_per_member"))

# members of any kind are counted; a payment without a date falls in the year of its fund
TRAINING_FUND_DUE = Question(
    id="training-fund-due",
    group=Group.ASSESSMENT,
    term="党员教育经费",
    text=Text("哪些组织的党员教育培训经费没有拨足？", "For whose members was less training money paid than is due?"),
    remedy=Text("按党员人数补足当年经费。", "Pay what the year lacks, by the number of members."),
    severity=Severity.MIDDLE,
    clauses=("J14",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & ~NO_MEMBER,
    reasons={
        "nothing": Reason(Text("当年没有拨付", "nothing paid in the year"), ~(training_total() > 0)),
        "too-little": Reason(
            Text("拨付不足", "paid less than is due"),
            (training_total() > 0) & (training_total() < _DUE),
        ),
    },
    columns=("members",),
    beside={
        "year": Beside(Text("年度", "year"), in_review, YEAR),
        "due": Beside(Text("应拨付", "due"), number(_DUE), YUAN, restricted=True),
        "paid": Beside(Text("已拨付", "paid"), number(training_total()), YUAN, restricted=True),
    },
    evidence=(PAYMENT,),
    needs=(Those(PAYMENT, PAYMENT.edge.purpose.is_("training")),),
)
