from graphmodel.schema.nodes import Hub
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.beside import Beside, number
from queries.given import policy
from queries.guidance import HUB, HUB_RAISES, present
from queries.question import Group, Question, Reason, Severity, about

_raised = HUB_RAISES.count(present(HUB_RAISES) & HUB_RAISES.edge.kind.is_("demonstration"))

DEMONSTRATION_QUOTA = Question(
    id="demonstration-quota",
    group=Group.GUIDANCE,
    term="示范孵化数",
    text=Text(
        "孵化中心直接管理的示范党组织是否在规定个数之内？",
        "Does the incubation centre manage as many demonstration Party organisations as it should?",
    ),
    remedy=Text(
        "不足的选取示范组织纳入，超出的转由条块负责。",
        "Take in demonstration organisations, or hand some over to their authority or street.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J9",),
    anchor=about(Hub),
    tracks=None,
    scope=HUB.kind.is_("incubation-centre"),
    reasons={
        "too-few": Reason(Text("不足", "too few"), _raised < policy("demonstration_min")),
        "too-many": Reason(Text("超出", "too many"), _raised > policy("demonstration_max")),
    },
    columns=("level", "capacity"),
    beside={
        "raised": Beside(Text("示范孵化数", "demonstration organisations"), number(_raised), UNITS),
    },
    evidence=(HUB_RAISES,),
    needs=(Hub, HUB_RAISES),
)
