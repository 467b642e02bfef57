from graphmodel.schema.edges import CommissionedTo
from graphmodel.schema.nodes import Project
from graphmodel.text import Text
from queries.assessment import BELOW_PURCHASE, CONTRACTOR, GRADE_ENDED_AT_PROJECT, PURCHASE
from queries.beside import Beside, names, of_others
from queries.facts import ORG
from queries.logic import Recorded, Truth
from queries.question import Group, Question, Reason, Severity, about


def _direct(to: Truth) -> Truth:
    """A direct contractor of which it is so."""
    return CONTRACTOR.some(CONTRACTOR.edge.direct & to)


_MAY_BE_DIRECT = ~Recorded(~CONTRACTOR.edge.direct)


# an ended grade is judged in the year of the project; who carries out a packaged part is in order
PURCHASE_AGAINST_RULE = Question(
    id="purchase-against-rule",
    group=Group.ASSESSMENT,
    term="违规承接",
    text=Text(
        "哪些政府购买项目由等级不够、等级到期或列入异常名录的组织直接承接？",
        "Which government purchases went directly to a contractor below grade, with an ended grade, or on the abnormal list?",
    ),
    remedy=Text("停止续签，改由符合条件的组织承接。", "Do not renew it; commission an organisation that may take it."),
    severity=Severity.HIGH,
    clauses=("J17", "J5"),
    anchor=about(Project),
    tracks=None,
    scope=PURCHASE,
    reasons={
        "grade": Reason(Text("等级不够", "graded too low"), _direct(CONTRACTOR.other(BELOW_PURCHASE))),
        "expired": Reason(Text("等级已到期", "the grade had ended"), _direct(GRADE_ENDED_AT_PROJECT)),
        "abnormal": Reason(
            Text("列入异常名录", "on the list of abnormal activity"), _direct(CONTRACTOR.other(ORG.abnormal_listed))
        ),
    },
    columns=("amount", "year"),
    beside={
        "contractor": Beside(Text("承接方", "contractor"), names((CONTRACTOR, _MAY_BE_DIRECT))),
        "grade": Beside(Text("承接方等级", "its grade"), of_others(CONTRACTOR, "grade", _MAY_BE_DIRECT)),
        "grade_year": Beside(
            Text("评估年度", "year of the grade"), of_others(CONTRACTOR, "grade_year", _MAY_BE_DIRECT)
        ),
    },
    evidence=(CONTRACTOR,),
    needs=(CommissionedTo,),
)
